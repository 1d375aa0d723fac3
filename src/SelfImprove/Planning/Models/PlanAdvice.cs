namespace SelfImprove.Planning.Models;

/// <summary>What the planning model said, and what became of it. Part of <see cref="PlanChoice"/>.</summary>
/// <param name="Model">The model's reference.</param>
/// <param name="Default">The deterministic choice: what is carried out where the advice is not taken.</param>
/// <param name="Advised">The plan that it picked, scored like any other; null where its answer names none.</param>
/// <param name="Reason">Why, in its words; null where it gave no usable answer.</param>
/// <param name="Taken">Whether <see cref="Advised"/> is carried out.</param>
/// <param name="Refused">Why it is not; null where it is.</param>
public sealed record PlanAdvice(string Model, CandidatePlan Default, CandidatePlan? Advised, string? Reason, bool Taken, string? Refused);
