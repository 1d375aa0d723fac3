using SelfImprove.Agents.Manifests;
using SelfImprove.Models.Endpoints;
using SelfImprove.Orchestration;
using SelfImprove.Runs;

namespace SelfImprove.DataGeneration.TeacherEndpoints;

/// <summary>The input of <see cref="AdvanceTeacher"/>.</summary>
/// <param name="Ready">Who wants it.</param>
/// <param name="Endpoint">Which of the endpoints.</param>
/// <param name="Operation">What the last look named.</param>
public sealed record AdvanceTeacherInput(ReadyTeachersInput Ready, string Endpoint, string? Operation);

/// <summary>Takes hold of a teacher's endpoint, charges what having it costs, and takes the next step towards its answering.</summary>
public sealed class AdvanceTeacher(TeacherHosts hosts, EndpointLeases leases, PinnedManifests manifests, SpendBook spend, RunGuard guard)
    : Activity<AdvanceTeacherInput, EndpointStatus>
{
    /// <summary>The activity's name.</summary>
    public static readonly ActivityRef<AdvanceTeacherInput, EndpointStatus> Ref = new(nameof(AdvanceTeacher));

    /// <inheritdoc/>
    public override async Task<EndpointStatus> RunAsync(ActivityContext context, AdvanceTeacherInput input, CancellationToken cancellationToken)
    {
        var run = input.Ready.Run;
        await guard.EnsureActiveAsync(run, cancellationToken);
        var manifest = await manifests.GetAsync(run, cancellationToken);
        var settings = manifest.Teachers.First(t => t.Deploy is not null && TeacherEndpoint.Of(t.Deploy).Name == input.Endpoint).Deploy!;
        var endpoint = TeacherEndpoint.Of(settings);
        if (hosts.Find(settings.Profile) is not { } host) return EndpointStatus.Failed(TeacherHosts.Unknown(settings.Profile));
        try
        {
            if (settings.Price > 0)
                await spend.ChargeAsync(run, manifest.Budget, $"{run.Run}/endpoint/{endpoint.Name}", $"deployment of teacher {settings.Model}", settings.Price, cancellationToken);
        }
        catch (BudgetExceededException tooDear)
        {
            return EndpointStatus.Failed(tooDear.Message);
        }
        // Held before it is made: whatever becomes of this run, the record says that somebody has to remove it.
        if (!await leases.HoldAsync(endpoint, input.Ready.Holder, cancellationToken)) return EndpointStatus.Working("it is being removed after another use");
        var status = await host.AdvanceAsync(endpoint, input.Operation, cancellationToken);
        if (status.State == EndpointState.Healthy) await leases.ServeAsync(endpoint.Name, status.Serving!, cancellationToken);
        return status;
    }
}
