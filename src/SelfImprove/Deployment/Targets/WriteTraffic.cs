using SelfImprove.Audit;
using SelfImprove.Models.Endpoints;
using SelfImprove.Orchestration;
using SelfImprove.Runs;

namespace SelfImprove.Deployment.Targets;

/// <summary>The input of <c>ShiftTraffic</c>.</summary>
/// <param name="Run">The run.</param>
/// <param name="Version">The version.</param>
/// <param name="Wish">What its traffic is to be.</param>
public sealed record ShiftTrafficInput(RunRef Run, string Version, TrafficWish Wish);

/// <summary>The output of <c>ShiftTraffic</c>.</summary>
/// <param name="Note">What could not be written, and why; null where all is as wished.</param>
public sealed record ShiftTrafficOutput(string? Note);

/// <summary>The input of <see cref="WriteTraffic"/>.</summary>
/// <param name="Shift">What is wished.</param>
/// <param name="Operation">What the last look named.</param>
/// <param name="GiveUp">Why the waiting ends without success; null where it goes on.</param>
public sealed record WriteTrafficInput(ShiftTrafficInput Shift, string? Operation, string? GiveUp = null);

/// <summary>Brings an endpoint's own traffic towards what the routing says. A version that is not deployed, or is being removed, has none.</summary>
public sealed class WriteTraffic(DeploymentTargets targets, DeploymentBook book, AuditLog audit) : Activity<WriteTrafficInput, EndpointStatus>
{
    /// <summary>The activity's name.</summary>
    public static readonly ActivityRef<WriteTrafficInput, EndpointStatus> Ref = new(nameof(WriteTraffic));

    /// <inheritdoc/>
    public override async Task<EndpointStatus> RunAsync(ActivityContext context, WriteTrafficInput input, CancellationToken cancellationToken)
    {
        var (run, version, wish) = (input.Shift.Run, input.Shift.Version, input.Shift.Wish);
        if (await book.ReadAsync(run.Agent, version, cancellationToken) is not { State: DeployedState.Healthy } record) return EndpointStatus.Healthy();
        var status = input.GiveUp is { } why
            ? EndpointStatus.Failed(why)
            : await targets.Get(record.Target).WriteTrafficAsync(record.Order, wish, input.Operation, cancellationToken);
        if (status.State == EndpointState.Working) return status;
        var kind = status.State == EndpointState.Healthy ? "endpointTraffic" : "endpointTrafficFailed";
        await audit.AppendAsync(run.Agent, new AuditRecord(kind, run.Run, "runtime", new { version, wish, status.Reason }, context.Key), cancellationToken);
        return status;
    }
}
