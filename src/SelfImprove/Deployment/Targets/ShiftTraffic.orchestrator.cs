using SelfImprove.Models.Endpoints;
using SelfImprove.Orchestration;

namespace SelfImprove.Deployment.Targets;

/// <summary>
/// Writes what the routing decided into the endpoint's own traffic, for those who call it without the gateway. It can't fail a rollout: the router does not depend on
/// it, and what could not be written is said.
/// </summary>
public sealed class ShiftTraffic : Orchestrator<ShiftTrafficInput, ShiftTrafficOutput>
{
    /// <summary>The orchestrator's name.</summary>
    public static readonly OrchestratorRef<ShiftTrafficInput, ShiftTrafficOutput> Ref = new(nameof(ShiftTraffic));

    /// <summary>How long the endpoint may take.</summary>
    public static readonly TimeSpan Within = TimeSpan.FromMinutes(30);

    /// <inheritdoc/>
    public override async Task<ShiftTrafficOutput> RunAsync(OrchestrationContext context, ShiftTrafficInput input)
    {
        var patience = new EndpointPatience(context.Now + Within);
        string? operation = null;
        try
        {
            while (true)
            {
                var status = await EndpointPatience.LookAsync(context, WriteTraffic.Ref, new WriteTrafficInput(input, operation), operation);
                if (status.State == EndpointState.Working && patience.IsOver(context.Now))
                    status = await context.CallAsync(WriteTraffic.Ref, new WriteTrafficInput(input, operation, $"the endpoint was not done within {Within} (last: {status.Reason})"));
                if (status.State != EndpointState.Working) return status.State == EndpointState.Healthy ? new ShiftTrafficOutput(null) : Note(status.Reason);
                operation = status.Operation;
                await context.SleepUntilAsync(patience.Next(context.Now, status.RetryAfter));
            }
        }
        catch (OrchestrationFailureException failed)
        {
            return Note(failed.Failure.Message);
        }
    }

    private static ShiftTrafficOutput Note(string? reason) => new($"the endpoint's own traffic could not be written: {reason} (the gateway does not depend on it)");
}
