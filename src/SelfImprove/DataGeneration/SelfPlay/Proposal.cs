using SelfImprove.Models;

namespace SelfImprove.DataGeneration.SelfPlay;

/// <summary>An answer that the student proposed.</summary>
/// <param name="Output">The answer.</param>
/// <param name="Times">How many of its tries gave it; at least 1.</param>
public sealed record Proposal(AgentOutput Output, int Times);
