using SelfImprove.Models;

namespace SelfImprove.DataGeneration.Selection;

/// <summary>An input that might be labelled.</summary>
/// <param name="Id">The interaction.</param>
/// <param name="Input">Its messages.</param>
/// <param name="Text">Its normalised text.</param>
/// <param name="Time">When it was served.</param>
/// <param name="Slice">The champion's decision on it.</param>
/// <param name="Margin">The gap between the champion's two best answers, [0,1]; 0.5 where it can't tell.</param>
public sealed record ItemCandidate(string Id, IReadOnlyList<ChatMessage> Input, string Text, DateTimeOffset Time, string Slice, double Margin);
