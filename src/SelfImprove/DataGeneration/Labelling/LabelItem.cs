using SelfImprove.Models;

namespace SelfImprove.DataGeneration.Labelling;

/// <summary>An input to be labelled.</summary>
/// <param name="Id">The interaction it comes from.</param>
/// <param name="Input">The messages.</param>
/// <param name="Slice">The champion's decision on it.</param>
/// <param name="Weight">Inverse of the relative probability with which it was drawn; 1 where uniform.</param>
public sealed record LabelItem(string Id, IReadOnlyList<ChatMessage> Input, string Slice, double Weight = 1);
