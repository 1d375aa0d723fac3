using SelfImprove.DataGeneration.Texts;

namespace SelfImprove.Evaluation.Evaluators;

/// <summary>Overlap of two texts' words, in lower case and without punctuation: pure. Two empty texts agree (1); one empty text overlaps nothing (0).</summary>
public static class WordOverlap
{
    /// <summary>Whether two texts have the same words in the same order: then they overlap alike with any third.</summary>
    public static bool SameWords(string one, string other) => Words(one).AsSpan().SequenceEqual(Words(other));

    /// <summary>F1 of the shared words as a bag (Rajpurkar et al., "SQuAD", 2016, section 6.1; articles are kept here).</summary>
    public static double TokenF1(string expected, string actual)
    {
        var (a, b) = (Words(expected), Words(actual));
        if (a.Length == 0 || b.Length == 0) return a.Length == b.Length ? 1 : 0;
        var counts = a.CountBy(w => w).ToDictionary(StringComparer.Ordinal);
        var shared = 0;
        foreach (var word in b)
        {
            if (!counts.TryGetValue(word, out var left) || left == 0) continue;
            counts[word] = left - 1;
            shared++;
        }
        return F1(shared, a.Length, b.Length);
    }

    /// <summary>F1 of the longest common subsequence of words (Lin, "ROUGE: a package for automatic evaluation of summaries", 2004, section 3,
    /// sentence level, beta 1).</summary>
    public static double RougeL(string expected, string actual)
    {
        var (a, b) = (Words(expected), Words(actual));
        if (a.Length == 0 || b.Length == 0) return a.Length == b.Length ? 1 : 0;
        var row = new int[b.Length + 1];
        foreach (var word in a)
        {
            var diagonal = 0;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = string.Equals(word, b[j - 1], StringComparison.Ordinal) ? diagonal + 1 : Math.Max(above, row[j - 1]);
                diagonal = above;
            }
        }
        return F1(row[^1], a.Length, b.Length);
    }

    private static double F1(int shared, int expected, int actual) => 2.0 * shared / (expected + actual);

    private static string[] Words(string text)
    {
        var normalised = NormalisedText.Of(text);
        return normalised.Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }
}
