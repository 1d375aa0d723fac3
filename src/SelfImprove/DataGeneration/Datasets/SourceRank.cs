namespace SelfImprove.DataGeneration.Datasets;

/// <summary>Whose word counts more where one text has two labels.</summary>
internal static class SourceRank
{
    private const string Feedback = "feedback:";

    /// <summary>People who were asked: 3. Feedback, and what the parent brought along without saying whence: 2. Teachers: 1. The student itself: 0.</summary>
    public static int Of(string source) =>
        source.StartsWith("people:", StringComparison.Ordinal) ? 3 : source.StartsWith("teacher:", StringComparison.Ordinal) ? 1
        : source.StartsWith(SelfPlay.PlaySelf.Source, StringComparison.Ordinal) ? 0 : 2;

    /// <summary>Whether the source was not asked, but came by itself: those are capped.</summary>
    public static bool IsCapped(string source) => source.StartsWith(Feedback, StringComparison.Ordinal);
}
