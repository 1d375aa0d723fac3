namespace SelfImprove.Local.Samples;

/// <summary>A sentence with slots: <c>{slot}</c> is filled from the synonyms of that name, what stands in parentheses is there every other time.</summary>
/// <param name="Tool">The tool that it asks for.</param>
/// <param name="Style">How it is worded.</param>
/// <param name="Text">The sentence.</param>
/// <param name="ForTest">Whether it belongs to the test half.</param>
/// <param name="Id">Unique over all tools.</param>
public sealed record OfficeTemplate(string Tool, string Style, string Text, bool ForTest, string Id);

/// <summary>The words that fill a slot; the two halves share none.</summary>
/// <param name="Name">The slot's name.</param>
/// <param name="Train">Words of training requests.</param>
/// <param name="Test">Words of test requests.</param>
public sealed record OfficeSlot(string Name, IReadOnlyList<string> Train, IReadOnlyList<string> Test);
