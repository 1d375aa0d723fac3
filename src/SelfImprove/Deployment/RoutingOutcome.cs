using SelfImprove.Agents.Routing;

namespace SelfImprove.Deployment;

/// <summary>What became of a routing activity.</summary>
/// <param name="Revision">The routing table's revision after it; 0 where the agent has none.</param>
/// <param name="Refusal">Why it was refused; null where the table is as was asked for.</param>
public sealed record RoutingOutcome(long Revision, string? Refusal)
{
    internal static RoutingOutcome Of(RoutingChange change) => new(change.Table?.Revision ?? 0, change.Refusal);
}
