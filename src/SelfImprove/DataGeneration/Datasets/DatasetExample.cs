namespace SelfImprove.DataGeneration.Datasets;

/// <summary>A dataset row as a classifier sees it.</summary>
/// <param name="Text">The last user message's text.</param>
/// <param name="Decision">The label, or the first tool's name.</param>
/// <param name="Weight">How much the row counts, above 0; 1 is an ordinary row.</param>
public sealed record DatasetExample(string Text, string Decision, double Weight = 1);
