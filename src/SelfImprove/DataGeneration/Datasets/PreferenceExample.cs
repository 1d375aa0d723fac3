namespace SelfImprove.DataGeneration.Datasets;

/// <summary>A preference pair as a classifier sees it.</summary>
/// <param name="Text">The last user message's text.</param>
/// <param name="Preferred">The better decision.</param>
/// <param name="NonPreferred">The worse decision.</param>
public sealed record PreferenceExample(string Text, string Preferred, string NonPreferred);
