namespace SelfImprove.DataGeneration.Filters;

/// <summary>A text without personal data.</summary>
/// <param name="Text">The text.</param>
/// <param name="Count">How many pieces were replaced.</param>
public readonly record struct RedactedText(string Text, int Count);
