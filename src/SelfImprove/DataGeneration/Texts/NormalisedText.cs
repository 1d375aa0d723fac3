using System.Globalization;
using System.Text;

namespace SelfImprove.DataGeneration.Texts;

/// <summary>The form in which texts are compared: lower case, letters and digits only, everything else a single space.</summary>
public static class NormalisedText
{
    /// <summary>The normalised text; of a text without any letter or digit, its trimmed lower-case self.</summary>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var result = new StringBuilder(text.Length);
        var gap = false;
        foreach (var c in text)
        {
            if (!IsWordPart(c))
            {
                gap = true;
                continue;
            }
            if (gap && result.Length > 0) result.Append(' ');
            gap = false;
            result.Append(char.ToLowerInvariant(c));
        }
        return result.Length > 0 ? result.ToString() : text.Trim().ToLowerInvariant();
    }

    // Marks belong to their letter in Indic and Arabic scripts; surrogates are letters outside the basic plane, or emoji.
    private static bool IsWordPart(char c) => char.IsLetterOrDigit(c) || char.IsSurrogate(c)
        || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
