using System.Text;
using System.Text.RegularExpressions;

namespace SelfImprove.Local.Samples;

/// <summary>Writes requests from the grammar: fills a template, greets, thanks, and mistypes as people do.</summary>
internal sealed partial class RequestWriter
{
    private const double GreetingShare = 0.3;
    private const double OpenerShare = 0.4;
    private const double ThanksShare = 0.2;
    private const double CapitalShare = 0.6;
    private const double LowerCaseShare = 0.15;
    private const double TypoShare = 0.12;
    private const int MostAttempts = 400;

    private readonly OfficeGrammar _grammar;
    private readonly bool _forTest;
    private readonly Random _random;

    private RequestWriter(OfficeGrammar grammar, bool forTest, int seed)
    {
        _grammar = grammar;
        _forTest = forTest;
        // A seeded Random keeps its numbers over runtime versions.
        _random = new Random(unchecked((seed * 2) + (forTest ? 1 : 0)));
    }

    /// <summary>Writes requests for every tool, in random order.</summary>
    public static IReadOnlyList<OfficeRequest> Write(OfficeGrammar grammar, bool forTest, int perTool, int seed)
    {
        var writer = new RequestWriter(grammar, forTest, seed);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var requests = grammar.Tools.SelectMany(tool => writer.WriteFor(tool.Name, perTool, seen)).ToArray();
        writer._random.Shuffle(requests);
        return requests;
    }

    /// <summary>A text without case, spacing and punctuation: two texts with the same key are one.</summary>
    public static string Key(string text) => string.Concat(text.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    private IEnumerable<OfficeRequest> WriteFor(string tool, int count, HashSet<string> seen)
    {
        var templates = _grammar.Templates.Where(template => template.Tool == tool && template.ForTest == _forTest).ToArray();
        for (var written = 0; written < count; written++)
        {
            for (var attempt = 0; ; attempt++)
            {
                if (attempt == MostAttempts)
                    throw new InvalidOperationException($"The grammar of '{tool}' has too few wordings for {count} different requests.");
                // Templates take turns, so that none is rare; one that has run out of wordings gives way to the next.
                var template = templates[(written + (attempt / 8)) % templates.Length];
                var text = Sentence(template);
                if (!seen.Add(Key(text)))
                    continue;
                yield return new OfficeRequest(text, tool, template.Style, template.Id);
                break;
            }
        }
    }

    private string Sentence(OfficeTemplate template)
    {
        var text = Fill(OptionalPart().Replace(template.Text, part => _random.Next(2) == 0 ? part.Groups[1].Value : ""));
        var imperative = template.Style == "order" && !text.StartsWith("I", StringComparison.Ordinal) && !text.Contains("please", StringComparison.Ordinal);
        if (imperative && _random.NextDouble() < OpenerShare)
            text = Pick("opener") + " " + text;
        if (_random.NextDouble() < GreetingShare)
            text = Pick("greeting") + " " + text;
        text = Article().Replace(text, "$1n");
        if (_random.NextDouble() < TypoShare)
            text = Mistype(text);
        var end = text.EndsWith('?') || template.Style == "note" ? "" : _random.Next(2) == 0 ? "." : "";
        if (_random.NextDouble() < ThanksShare)
            text += (end.Length > 0 || text.EndsWith('?') ? end + " " : ", ") + Pick("closer");
        else
            text += end;
        return _random.NextDouble() < LowerCaseShare ? text.ToLowerInvariant() : _random.NextDouble() < CapitalShare ? char.ToUpperInvariant(text[0]) + text[1..] : text;
    }

    /// <summary>Fills slots; a slot that stands twice in a sentence gets two different words.</summary>
    private string Fill(string text)
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        return Slot().Replace(text, slot =>
        {
            string word;
            do
                word = Pick(slot.Groups[1].Value);
            while (!used.Add(word));
            return word;
        });
    }

    private string Pick(string slot)
    {
        var words = _forTest ? _grammar.Slots[slot].Test : _grammar.Slots[slot].Train;
        return words[_random.Next(words.Count)];
    }

    /// <summary>One slip in one longer word: a letter left out, doubled, or swapped with the next.</summary>
    private string Mistype(string text)
    {
        var words = LongWord().Matches(text);
        if (words.Count == 0)
            return text;
        var word = words[_random.Next(words.Count)];
        var at = word.Index + 1 + _random.Next(word.Length - 2);
        var result = new StringBuilder(text);
        switch (_random.Next(3))
        {
            case 0:
                result.Remove(at, 1);
                break;
            case 1:
                result.Insert(at, text[at]);
                break;
            default:
                (result[at], result[at + 1]) = (result[at + 1], result[at]);
                break;
        }

        return result.ToString();
    }

    [GeneratedRegex(@"\(([^)]*)\)")]
    private static partial Regex OptionalPart();

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Slot();

    [GeneratedRegex(@"\b(a)(?= (?!one|usb|uni|eu)[aeiou])", RegexOptions.IgnoreCase)]
    private static partial Regex Article();

    [GeneratedRegex("[a-z]{5,}")]
    private static partial Regex LongWord();
}
