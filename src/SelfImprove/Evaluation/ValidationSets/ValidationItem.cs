using SelfImprove.Models;

namespace SelfImprove.Evaluation.ValidationSets;

/// <summary>An item of a validation set: one line of <c>validation/{agent}/{set}.jsonl</c>. A golden set has the same form.</summary>
/// <param name="Id">The interaction it comes from, or the administrator's name of it.</param>
/// <param name="Input">The messages.</param>
/// <param name="Output">The right output; null where it is not (or can't be) labelled.</param>
/// <param name="Source">Who labelled it; null where nobody did.</param>
/// <param name="Tags">The interaction's tags: each is a slice.</param>
/// <param name="Time">When it was served; null in golden sets.</param>
/// <param name="Slice">The decision that was served.</param>
/// <param name="Refusal">Why its labeller gave no output: it is not asked again.</param>
public sealed record ValidationItem(
    string Id, IReadOnlyList<ChatMessage> Input, AgentOutput? Output = null, string? Source = null, IReadOnlyDictionary<string, string>? Tags = null,
    DateTimeOffset? Time = null, string Slice = "", string? Refusal = null);
