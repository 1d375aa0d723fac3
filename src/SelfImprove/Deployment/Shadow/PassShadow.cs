using SelfImprove.Audit;
using SelfImprove.Orchestration;
using SelfImprove.Runs;

namespace SelfImprove.Deployment.Shadow;

/// <summary>The input of <see cref="PassShadow"/>.</summary>
/// <param name="Rollout">The rollout.</param>
/// <param name="Reading">What was seen.</param>
public sealed record PassShadowInput(RolloutInput Rollout, ShadowReading Reading);

/// <summary>Ends a shadow stage that lets the A/B test begin; the routing changes when that does.</summary>
/// <param name="shadows">The stages' states.</param>
/// <param name="audit">Writes the end into the audit chain.</param>
/// <param name="guard">Whether the run may still act.</param>
public sealed class PassShadow(ShadowFile shadows, AuditLog audit, RunGuard guard) : Activity<PassShadowInput, bool>
{
    /// <summary>The name under which it is called.</summary>
    public static readonly ActivityRef<PassShadowInput, bool> Ref = new(nameof(PassShadow));

    /// <inheritdoc />
    /// <returns>Whether it ended so; false where it had ended otherwise.</returns>
    public override async Task<bool> RunAsync(ActivityContext context, PassShadowInput input, CancellationToken cancellationToken)
    {
        var rollout = input.Rollout;
        await guard.EnsureActiveAsync(rollout.Run, cancellationToken);
        var state = await shadows.EndAsync(rollout, ShadowFile.Passed, cancellationToken);
        if (state?.Ended != ShadowFile.Passed) return false;
        var evidence = new { rollout.Experiment, Challenger = rollout.Candidate, input.Reading };
        await audit.AppendAsync(rollout.Run.Agent, new AuditRecord("shadowPassed", rollout.Run.Run, "runtime", evidence, context.Key), cancellationToken);
        return true;
    }
}
