using SelfImprove.Agents.Manifests;

namespace SelfImprove.Runs;

/// <summary>Why a run was started.</summary>
/// <param name="Kind">The policy that fired.</param>
/// <param name="By">Who or what: <c>trend</c>, <c>critic</c>, <c>planner</c>, <c>person:ada</c>, <c>agent:checkout</c>.</param>
/// <param name="Evidence">The numbers behind it, for a person.</param>
public sealed record ImprovementCause(TriggerKind Kind, string By, string Evidence);
