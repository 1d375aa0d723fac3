using System.Text;

namespace SelfImprove.Agents.Manifests.Reading;

/// <summary>Text that can be written as UTF-8.</summary>
internal static class WellFormed
{
    /// <summary>The text, with halves of surrogate pairs replaced.</summary>
    public static string Text(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 >= text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
            i++;
        }
        return text;
    }
}
