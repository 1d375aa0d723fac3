namespace SelfImprove.Local.Demo;

/// <summary>A text with its label.</summary>
/// <param name="Text">What a user might say.</param>
/// <param name="Label">The class, route or tool that is right for it.</param>
public sealed record LabelledText(string Text, string Label);
