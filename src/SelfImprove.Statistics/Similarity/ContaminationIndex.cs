using System.Globalization;
using System.Text;

namespace SelfImprove.Statistics.Similarity;

/// <summary>
/// Does a text overlap a protected set (validation, golden)? Long texts: a shared word n-gram, 13 by default, as in lm-evaluation-harness (Brown et al. 2020,
/// appendix C, used 8 to 13).
/// Texts of fewer words than that have no such n-gram, so they are compared whole: equal after normalisation, or character-3-gram Jaccard of at least the
/// threshold. Not thread-safe.
/// </summary>
public sealed class ContaminationIndex
{
    private readonly int _n;
    private readonly HashSet<string> _grams = new(StringComparer.Ordinal);
    private readonly HashSet<string> _whole = new(StringComparer.Ordinal);
    private readonly MinHashIndex _near;

    /// <summary>An index of protected texts.</summary>
    /// <param name="protectedTexts">Texts that must not appear elsewhere.</param>
    /// <param name="n">Words in an n-gram, at least 1.</param>
    /// <param name="shortTextThreshold">Jaccard overlap from which short texts count as the same, in (0, 1].</param>
    public ContaminationIndex(IEnumerable<string> protectedTexts, int n = 13, double shortTextThreshold = 0.8)
    {
        ArgumentNullException.ThrowIfNull(protectedTexts);
        _n = Require.AtLeast(n, 1);
        _near = new MinHashIndex(shortTextThreshold);
        foreach (var text in protectedTexts)
        {
            var words = Words(text);
            if (words.Length == 0) continue;
            var whole = string.Join(' ', words);
            _whole.Add(whole);
            foreach (var gram in Grams(words)) _grams.Add(gram);
            if (words.Length < _n) _near.Add(whole, whole);
        }
    }

    /// <summary>Whether <paramref name="text"/> overlaps a protected text. A text without a letter or digit overlaps nothing.</summary>
    public bool IsContaminated(string text)
    {
        var words = Words(text);
        if (words.Length == 0) return false;
        var whole = string.Join(' ', words);
        if (_whole.Contains(whole)) return true;
        if (words.Length < _n) return _near.Find(whole).Count > 0;
        return Grams(words).Any(_grams.Contains);
    }

    /// <summary>Lower case, everything but letters and digits a single space: the form in which texts are compared.</summary>
    public static string Normalise(string text) => string.Join(' ', Words(text));

    private IEnumerable<string> Grams(string[] words)
    {
        for (var i = 0; i + _n <= words.Length; i++) yield return string.Join(' ', words, i, _n);
    }

    private static string[] Words(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var folded = new StringBuilder(text.Length);
        foreach (var c in text.ToLowerInvariant()) folded.Append(IsWordPart(c) ? c : ' ');
        return folded.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    // Marks belong to the letter before them, and surrogates are letters of other scripts, or emoji that also tell texts apart.
    private static bool IsWordPart(char c) =>
        char.IsLetterOrDigit(c) || char.IsSurrogate(c) || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
