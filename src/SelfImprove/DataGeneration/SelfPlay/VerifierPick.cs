using SelfImprove.Models;

namespace SelfImprove.DataGeneration.SelfPlay;

/// <summary>What a verifier made of the proposals for one input.</summary>
/// <param name="Output">The proposal that it vouches for; null where it vouches for none.</param>
/// <param name="CostUsd">What asking it cost.</param>
public sealed record VerifierPick(AgentOutput? Output, decimal CostUsd = 0);
