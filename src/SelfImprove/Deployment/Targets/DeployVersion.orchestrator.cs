using SelfImprove.Models.Endpoints;
using SelfImprove.Orchestration;
using SelfImprove.Runs;

namespace SelfImprove.Deployment.Targets;

/// <summary>
/// Brings a version to where it can answer, as the manifest says, and waits until it does: looks on durable timers that grow rarer, until the deadline. What fails
/// is said, not thrown; only a run that may not act any more ends it by exception. Whoever calls it sees to it that <see cref="RetireVersion"/> follows.
/// </summary>
public sealed class DeployVersion : Orchestrator<DeployInput, DeployOutput>
{
    /// <summary>The orchestrator's name.</summary>
    public static readonly OrchestratorRef<DeployInput, DeployOutput> Ref = new(nameof(DeployVersion));

    /// <summary>Raise it (payload: any text) on the instance to look now.</summary>
    public const string LookEvent = "look";

    /// <inheritdoc/>
    public override async Task<DeployOutput> RunAsync(OrchestrationContext context, DeployInput input)
    {
        var prepared = await context.CallAsync(PrepareDeployment.Ref, input);
        if (prepared.Refusal is { } refusal) return new DeployOutput(null, refusal);
        var patience = new EndpointPatience(context.Now + prepared.ReadyWithin);
        string? operation = null;
        while (true)
        {
            var status = await EndpointPatience.LookAsync(context, AdvanceDeployment.Ref, new AdvanceDeploymentInput(input, operation), operation);
            if (status.State == EndpointState.Working && patience.IsOver(context.Now))
            {
                var late = $"{input.Version} did not answer within {prepared.ReadyWithin}{(status.Reason is { } last ? $" (last: {last})" : "")}. Raise deployment.readyWithin, or see what the target says.";
                status = await context.CallAsync(AdvanceDeployment.Ref, new AdvanceDeploymentInput(input, operation, late));
            }
            switch (status.State)
            {
                case EndpointState.Healthy: return new DeployOutput(status.Serving, null);
                case EndpointState.Failed: return new DeployOutput(null, status.Reason ?? "The target does not say why.");
            }
            operation = status.Operation;
            context.SetStatus(new { stage = "deploying", input.Version, status.Reason });
            await context.NudgeOrUntilAsync(LookEvent, patience.Next(context.Now, status.RetryAfter));
        }
    }
}
