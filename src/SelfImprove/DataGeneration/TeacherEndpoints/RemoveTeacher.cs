using SelfImprove.Models.Endpoints;
using SelfImprove.Orchestration;

namespace SelfImprove.DataGeneration.TeacherEndpoints;

/// <summary>The input of <see cref="RemoveTeacher"/>.</summary>
/// <param name="Due">What goes.</param>
/// <param name="Operation">What the last look named.</param>
public sealed record RemoveTeacherInput(DueRemoval Due, string? Operation);

/// <summary>Takes an endpoint away, a step at a time, where nobody holds it; healthy where somebody does (again), and it is kept.</summary>
public sealed class RemoveTeacher(TeacherHosts hosts, EndpointLeases leases) : Activity<RemoveTeacherInput, EndpointStatus>
{
    /// <summary>The activity's name.</summary>
    public static readonly ActivityRef<RemoveTeacherInput, EndpointStatus> Ref = new(nameof(RemoveTeacher));

    /// <inheritdoc/>
    public override async Task<EndpointStatus> RunAsync(ActivityContext context, RemoveTeacherInput input, CancellationToken cancellationToken)
    {
        var (name, removal) = (input.Due.Endpoint, input.Due.Removal);
        if (await leases.BeginRemovalAsync(name, removal, cancellationToken) is not { } lease) return EndpointStatus.Healthy();
        if (hosts.Find(lease.Endpoint.Profile) is not { } host) return EndpointStatus.Working(TeacherHosts.Unknown(lease.Endpoint.Profile));
        var status = await host.RemoveAsync(lease.Endpoint, input.Operation, cancellationToken);
        if (status.State != EndpointState.Gone) return EndpointStatus.Working(status.Reason, status.Operation, status.RetryAfter);
        await leases.EndRemovalAsync(name, removal, cancellationToken);
        return status;
    }
}
