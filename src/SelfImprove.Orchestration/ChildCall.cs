namespace SelfImprove.Orchestration;

/// <summary>A child call as it crosses the engine.</summary>
/// <param name="Orchestrator">The child's registered name.</param>
/// <param name="InstanceId">The id the caller chose, or null where the engine derives it from the parent's.</param>
/// <param name="Input">The input's JSON.</param>
public sealed record ChildCall(string Orchestrator, string? InstanceId, string Input);
