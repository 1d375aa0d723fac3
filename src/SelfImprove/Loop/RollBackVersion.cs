using SelfImprove.Deployment;
using SelfImprove.Orchestration;
using SelfImprove.Runs;

namespace SelfImprove.Loop;

/// <summary>The input of <see cref="RollBackVersion"/>.</summary>
/// <param name="Run">The run.</param>
/// <param name="Version">The version to go back to.</param>
/// <param name="Reason">Why, with the numbers.</param>
public sealed record RollBackVersionInput(RunRef Run, string Version, string Reason);

/// <summary>Sends an agent back to an earlier version, as a diagnosis calls for.</summary>
public sealed class RollBackVersion(RollBack rollBack, RunGuard guard) : Activity<RollBackVersionInput, string>
{
    /// <summary>The activity's name.</summary>
    public static readonly ActivityRef<RollBackVersionInput, string> Ref = new(nameof(RollBackVersion));

    /// <inheritdoc/>
    public override async Task<string> RunAsync(ActivityContext context, RollBackVersionInput input, CancellationToken cancellationToken)
    {
        await guard.EnsureActiveAsync(input.Run, cancellationToken);
        var change = await rollBack.ToAsync(input.Run.Agent, input.Version, $"run:{input.Run.Run}", input.Reason, cancellationToken);
        return change.Holds ? input.Version : throw new InvalidOperationException($"{input.Run.Agent} could not go back to {input.Version}: {change.Refusal}");
    }
}
