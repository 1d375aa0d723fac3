namespace SelfImprove.Agents.Manifests.Reading;

/// <summary>One thing wrong (or doubtful) in a manifest, for the person who wrote it.</summary>
/// <param name="Path">Where: <c>teachers[1].price</c>; empty for the whole text.</param>
/// <param name="Found">What was found. Never a secret's text.</param>
/// <param name="Expected">What was expected, or what to do.</param>
/// <param name="Line">The line in the text, from 1; null where unknown.</param>
public sealed record ManifestMistake(string Path, string Found, string Expected, int? Line)
{
    /// <summary>All of it in one sentence.</summary>
    public override string ToString() =>
        $"{(Line is { } line ? $"line {line}: " : "")}{(Path.Length > 0 ? Path + ": " : "")}found {Found}; expected {Expected}";
}
