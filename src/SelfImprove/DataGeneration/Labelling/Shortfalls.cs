namespace SelfImprove.DataGeneration.Labelling;

/// <summary>Words about what is missing, kept short: they travel through histories.</summary>
internal static class Shortfalls
{
    private const int MaxWords = 3;
    private const int MaxLength = 600;

    /// <summary>The first few different ones, one after the other; null where there is none.</summary>
    public static string? Join(params IEnumerable<string?> shortfalls)
    {
        var different = shortfalls.OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        if (different.Count == 0) return null;
        var text = string.Join(' ', different.Take(MaxWords)) + (different.Count > MaxWords ? $" (and {different.Count - MaxWords} more)" : "");
        return text.Length <= MaxLength ? text : text[..MaxLength] + "...";
    }
}
