namespace SelfImprove.Training.Builtin;

/// <summary>One labelled text to learn from.</summary>
/// <param name="Text">The input as it came; the student normalises it itself. May be empty, then it only counts towards the class prior.</param>
/// <param name="Label">The class: a tool name, a route, an intent. Not empty; compared by ordinal value.</param>
/// <param name="Weight">How much the row counts, from 0.000001 to 1,000,000; 1 is one ordinary row.</param>
public sealed record TextExample(string Text, string Label, double Weight = 1);
