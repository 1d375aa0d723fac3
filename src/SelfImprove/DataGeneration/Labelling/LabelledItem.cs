using SelfImprove.Models;

namespace SelfImprove.DataGeneration.Labelling;

/// <summary>An answered item.</summary>
/// <param name="Id">The interaction it comes from.</param>
/// <param name="Input">The messages.</param>
/// <param name="Slice">The champion's decision on it.</param>
/// <param name="Weight">Inverse of the relative probability with which it was drawn.</param>
/// <param name="Output">The right output, as the source says; null where it refused.</param>
/// <param name="Source">Who said so: <c>teacher:strong</c>, <c>people:ada</c>, <c>feedback:ada</c>.</param>
/// <param name="Confidence">How sure it is, [0,1]; null where it can't tell.</param>
/// <param name="PriceUsd">What the answer cost.</param>
/// <param name="Refusal">Why there is no output; null where there is one.</param>
public sealed record LabelledItem(
    string Id, IReadOnlyList<ChatMessage> Input, string Slice, double Weight, AgentOutput? Output, string Source, double? Confidence, decimal PriceUsd,
    string? Refusal = null);
