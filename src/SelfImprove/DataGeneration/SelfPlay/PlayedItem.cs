using SelfImprove.Models;

namespace SelfImprove.DataGeneration.SelfPlay;

/// <summary>A played input: one line of the files that <see cref="PlayLog"/> keeps.</summary>
/// <param name="Id">The input.</param>
/// <param name="Served">The student's own answer; null where it declined.</param>
/// <param name="Picked">The answer that the verifier vouches for; null where it vouches for none.</param>
/// <param name="StudentUsd">What the student's answers cost.</param>
/// <param name="VerifierUsd">What the verifier cost.</param>
public sealed record PlayedItem(string Id, AgentOutput? Served, AgentOutput? Picked, decimal StudentUsd = 0, decimal VerifierUsd = 0);
