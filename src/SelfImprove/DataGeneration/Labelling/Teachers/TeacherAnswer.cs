using SelfImprove.Models;

namespace SelfImprove.DataGeneration.Labelling.Teachers;

/// <summary>What one teacher said about one item: kept as soon as it is there, for it has been paid for.</summary>
/// <param name="Id">The item.</param>
/// <param name="Teacher">The teacher's name in the manifest.</param>
/// <param name="Output">What it says is right; null where it declined.</param>
/// <param name="Source">Who said so: <c>teacher:strong</c>, <c>people:ada</c>.</param>
/// <param name="Confidence">How sure it is, [0,1]; null where it can't tell.</param>
/// <param name="PriceUsd">What the answer cost.</param>
/// <param name="Refusal">Why there is no output.</param>
internal sealed record TeacherAnswer(
    string Id, string Teacher, AgentOutput? Output, string Source, double? Confidence, decimal PriceUsd, string? Refusal = null);
