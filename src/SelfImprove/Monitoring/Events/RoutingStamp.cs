namespace SelfImprove.Monitoring.Events;

/// <summary>How an interaction was routed: all that an unbiased analysis needs.</summary>
/// <param name="Revision">The routing table's revision.</param>
/// <param name="Experiment">The experiment's id, or null.</param>
/// <param name="Challenger">Whether the challenger answered.</param>
/// <param name="Probability">The probability with which the caller's key was assigned to the arm that it got, (0,1].</param>
public sealed record RoutingStamp(long Revision, string? Experiment, bool Challenger, double Probability);
