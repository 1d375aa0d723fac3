using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace SelfImprove.Training.Builtin;

/// <summary>
/// Text in the form the hasher reads: lower-case code points, words separated by one space, a space at either end. A word is a run of letters, digits and
/// marks; a Han, Hiragana,
/// Katakana or Thai-like character, an emoji or another symbol is a word of its own, for such text has no spaces to split at. Apostrophes vanish ("can't"
/// is "cant"), other punctuation separates.
/// </summary>
internal sealed class TextTokens
{
    /// <summary>Code points beyond this many are not read: an utterance is short, and a hostile one must not cost more than this.</summary>
    public const int MaxCodePoints = 4096;

    private int[] _points = new int[512];
    private int[] _starts = new int[128];

    /// <summary>The number of code points, spaces included.</summary>
    public int Length { get; private set; }

    /// <summary>The number of words.</summary>
    public int WordCount { get; private set; }

    /// <summary>All code points.</summary>
    public ReadOnlySpan<int> Points => _points.AsSpan(0, Length);

    /// <summary>The position of a word's first code point.</summary>
    public int WordStart(int word) => _starts[word];

    /// <summary>The code points of one word, without its spaces.</summary>
    public ReadOnlySpan<int> Word(int word)
    {
        var end = (word + 1 < WordCount ? _starts[word + 1] : Length) - 1;
        return _points.AsSpan(_starts[word], end - _starts[word]);
    }

    /// <summary>Reads a text, forgetting the one before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Read(ReadOnlySpan<char> text)
    {
        Length = 0;
        WordCount = 0;
        Append(' ');
        var inWord = false;
        var rest = text;
        for (var read = 0; rest.Length > 0 && read < MaxCodePoints; read++)
        {
            var point = Next(ref rest);
            switch (KindOf(point))
            {
                case Kind.Word:
                    if (!inWord)
                        StartWord();
                    Append(Lower(point));
                    inWord = true;
                    break;
                case Kind.Alone:
                    if (inWord)
                        Append(' ');
                    StartWord();
                    Append(point);
                    Append(' ');
                    inWord = false;
                    break;
                case Kind.Separator when inWord:
                    Append(' ');
                    inWord = false;
                    break;
            }
        }

        if (inWord)
            Append(' ');
    }

    private static int Next(ref ReadOnlySpan<char> rest)
    {
        var first = rest[0];
        if (!char.IsSurrogate(first))
        {
            rest = rest[1..];
            return first;
        }

        // A lone surrogate decodes to the replacement character, a symbol of its own.
        Rune.DecodeFromUtf16(rest, out var rune, out var used);
        rest = rest[used..];
        return rune.Value;
    }

    private static int Lower(int point)
    {
        if (point < 128)
            return point is >= 'A' and <= 'Z' ? point | 0x20 : point;
        return Rune.ToLowerInvariant(new Rune(point)).Value;
    }

    private static Kind KindOf(int point)
    {
        if (point < 128)
        {
            if (char.IsAsciiLetterOrDigit((char)point))
                return Kind.Word;
            return point switch { '\'' => Kind.Nothing, '$' or '%' or '+' or '=' or '?' => Kind.Alone, _ => Kind.Separator };
        }

        if (point is 0x2019 or 0x02BC or 0xFE0F or 0x200D or 0x00AD)
            return Kind.Nothing;
        if (IsUnspacedScript(point))
            return Kind.Alone;
        return CharUnicodeInfo.GetUnicodeCategory(point) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter
                or UnicodeCategory.OtherLetter or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.DecimalDigitNumber
                or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Word,
            UnicodeCategory.MathSymbol or UnicodeCategory.CurrencySymbol or UnicodeCategory.OtherSymbol => Kind.Alone,
            _ => Kind.Separator,
        };
    }

    private static bool IsUnspacedScript(int point) =>
        point is (>= 0x0E00 and <= 0x0EFF) or (>= 0x1000 and <= 0x109F) or (>= 0x1780 and <= 0x17FF) or (>= 0x3040 and <= 0x30FF)
            or (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x323AF);

    private void StartWord()
    {
        if (WordCount == _starts.Length)
            Array.Resize(ref _starts, _starts.Length * 2);
        _starts[WordCount++] = Length;
    }

    private void Append(int point)
    {
        if (Length == _points.Length)
            Array.Resize(ref _points, _points.Length * 2);
        _points[Length++] = point;
    }

    private enum Kind
    {
        Nothing,
        Separator,
        Word,
        Alone,
    }
}
