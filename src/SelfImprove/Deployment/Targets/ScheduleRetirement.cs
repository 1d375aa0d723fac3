using SelfImprove.Orchestration;

namespace SelfImprove.Deployment.Targets;

/// <summary>Records when a version's deployment goes; false where the runtime has nothing deployed.</summary>
public sealed class ScheduleRetirement(DeploymentBook book) : Activity<RetireInput, bool>
{
    /// <summary>The activity's name.</summary>
    public static readonly ActivityRef<RetireInput, bool> Ref = new(nameof(ScheduleRetirement));

    /// <inheritdoc/>
    public override async Task<bool> RunAsync(ActivityContext context, RetireInput input, CancellationToken cancellationToken) =>
        await book.ChangeAsync(input.Agent, input.Version,
            r => r.State == DeployedState.Gone || r.Retirement == context.InstanceId ? r : r with { RetireAt = input.At, Retirement = context.InstanceId, Retirements = r.Retirements + 1 },
            cancellationToken) is { State: not DeployedState.Gone };
}
