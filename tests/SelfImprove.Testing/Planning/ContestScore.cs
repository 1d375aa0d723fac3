using SelfImprove.Planning;

namespace SelfImprove.Testing.Planning;

/// <summary>What became of a budget.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Labels">The budget, in cheap labels.</param>
/// <param name="Strategy">The strategy.</param>
/// <param name="Before">The first version's accuracy on texts never labelled, [0,1].</param>
/// <param name="Accuracy">The new version's, on the same.</param>
/// <param name="SpentUsd">What was spent.</param>
/// <param name="Plan">The last plan carried out; null where the planner saw none worth it, and the first version stays.</param>
public sealed record ContestScore(ulong Seed, int Labels, string Strategy, double Before, double Accuracy, decimal SpentUsd, ImprovementPlan? Plan);
