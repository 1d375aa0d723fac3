using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using SelfImprove.Agents.Manifests.Reading;

namespace SelfImprove.Azure.Settings;

/// <summary>
/// Reads a section of the host's configuration and collects what is wrong with it, so that a host which can't start says everything at once: where, what was found,
/// what is expected. A setting that nothing asked for is a mistake too: a misspelt limit must not be taken for a limit.
/// </summary>
/// <param name="section">The section.</param>
/// <param name="mistakes">Gets the mistakes.</param>
public sealed class SettingsReader(IConfigurationSection section, ICollection<string> mistakes)
{
    private const decimal MostUsd = 1_000_000;

    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Where it is: <c>models:endpoints:main</c>.</summary>
    public string Path => section.Path;

    /// <summary>The section's name.</summary>
    public string Name => section.Key;

    /// <summary>Whether the configuration has the section.</summary>
    public bool Exists => section.Value is not null || section.GetChildren().Any();

    /// <summary>Reports a mistake at a setting of this section, or at the section itself where the key is empty; one that is reported already is not reported again.</summary>
    public void Wrong(string key, string what)
    {
        var mistake = $"{(key.Length == 0 ? Path : $"{Path}:{key}")}: {what.TrimEnd('.')}.";
        if (!mistakes.Contains(mistake)) mistakes.Add(mistake);
    }

    /// <summary>A text; null where it is missing, empty or not of the form.</summary>
    /// <param name="key">The setting.</param>
    /// <param name="expected">What it is: <c>a compute's name</c>.</param>
    /// <param name="form">A regular expression that all of it fits; any text where null.</param>
    public string? Text(string key, string expected = "", string? form = null)
    {
        if (Value(key) is not { } text || form is null || Regex.IsMatch(text, $@"\A(?:{form})\z", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1))) return Value(key);
        Wrong(key, $"'{text}' is not {expected}");
        return null;
    }

    /// <summary>A text that has to be there; null where it is missing, empty or not of the form, which is reported.</summary>
    /// <inheritdoc cref="Text"/>
    public string? Needed(string key, string expected, string? form = null)
    {
        if (Value(key) is not null) return Text(key, expected, form);
        Wrong(key, $"is missing; expected {expected}");
        return null;
    }

    /// <summary>An absolute address without credentials, query or fragment, a slash at the end; null where it is missing or wrong.</summary>
    /// <param name="key">The setting.</param>
    /// <param name="mayBePlain">Whether it may be http.</param>
    /// <param name="isNeeded">Whether it has to be there.</param>
    public Uri? Url(string key, bool mayBePlain = false, bool isNeeded = false)
    {
        if (Value(key) is not { } text)
        {
            if (isNeeded) Wrong(key, "is missing; expected an address, for example https://example.openai.azure.com/openai/v1/");
            return null;
        }
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || (mayBePlain && url.Scheme == Uri.UriSchemeHttp))
            && url is { UserInfo: "", Query: "", Fragment: "", Host.Length: > 0 })
            return text.EndsWith('/') ? url : new Uri(text + "/");
        // A key might stand in it: it is not repeated.
        Wrong(key, $"is no absolute {(mayBePlain ? "http or https" : "https")} address without user, query and fragment (keys belong into a secret)");
        return null;
    }

    /// <summary>Yes or no.</summary>
    public bool Flag(string key, bool otherwise = false) => Parsed(key, otherwise, "true or false", (string s, out bool v) => bool.TryParse(s, out v), _ => true);

    /// <summary>A whole number within bounds.</summary>
    public int Number(string key, int otherwise, int least, int most) =>
        Parsed(key, otherwise, $"a whole number from {least} to {most}",
            (string s, out int v) => int.TryParse(s, NumberStyles.None, CultureInfo.InvariantCulture, out v), v => v >= least && v <= most);

    /// <summary>An amount of money; null where it is missing, 0 where it is wrong.</summary>
    public decimal? Amount(string key) => Value(key) is null
        ? null
        : Parsed(key, 0m, $"an amount in USD from 0 to {MostUsd}",
            (string s, out decimal v) => decimal.TryParse(s, NumberStyles.Float, CultureInfo.InvariantCulture, out v), v => v is >= 0 and <= MostUsd);

    /// <summary>A span of time, <c>[d.]hh:mm:ss</c>, within bounds.</summary>
    public TimeSpan Span(string key, TimeSpan otherwise, TimeSpan least, TimeSpan most) =>
        Parsed(key, otherwise, $"a span of time from {least:c} to {most:c}",
            (string s, out TimeSpan v) => TimeSpan.TryParseExact(s, ["c", @"h\:mm\:ss"], CultureInfo.InvariantCulture, out v), v => v >= least && v <= most);

    /// <summary>One of some words, whatever their case.</summary>
    /// <param name="key">The setting.</param>
    /// <param name="otherwise">The word where it is missing or another; null where it has to be there.</param>
    /// <param name="words">The words.</param>
    public string? Word(string key, string? otherwise, params IReadOnlyList<string> words)
    {
        if (Value(key) is not { } text)
        {
            if (otherwise is null) Wrong(key, $"is missing; expected one of: {string.Join(", ", words)}");
            return otherwise;
        }
        if (words.FirstOrDefault(w => w.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } word) return word;
        NotAmong(key, text, words);
        return otherwise;
    }

    /// <summary>Reports a word that is none of those there are, and which of them was perhaps meant.</summary>
    public void NotAmong(string key, string word, IEnumerable<string> words)
    {
        var known = words.ToList();
        Wrong(key, $"'{word}' is none of: {string.Join(", ", known)}{NearestName.Hint(word, known)}");
    }

    /// <summary>A list of texts: <c>key:0</c>, <c>key:1</c>..., or one text.</summary>
    public IReadOnlyList<string> List(string key)
    {
        _known.Add(key);
        var list = section.GetSection(key);
        return list.Value is { Length: > 0 } one ? [one] : [.. list.GetChildren().Select(c => c.Value).OfType<string>().Where(v => v.Length > 0)];
    }

    /// <summary>Texts by names of the user's choice.</summary>
    public IReadOnlyDictionary<string, string> Map(string key)
    {
        _known.Add(key);
        return section.GetSection(key).GetChildren().ToDictionary(c => c.Key, c => c.Value ?? "", StringComparer.Ordinal);
    }

    /// <summary>A section within.</summary>
    public SettingsReader Section(string key)
    {
        _known.Add(key);
        return new SettingsReader(section.GetSection(key), mistakes);
    }

    /// <summary>All sections within: each name is the user's choice.</summary>
    public IReadOnlyList<SettingsReader> Sections()
    {
        var all = section.GetChildren().ToList();
        foreach (var child in all) _known.Add(child.Key);
        return [.. all.Select(c => new SettingsReader(c, mistakes))];
    }

    /// <summary>Reports every setting that was not asked for. Called last.</summary>
    public void Finish()
    {
        foreach (var child in section.GetChildren().Where(c => !_known.Contains(c.Key)))
            Wrong(child.Key, $"there is no such setting{NearestName.Hint(child.Key, _known)}. "
                + $"{(_known.Count == 0 ? "Nothing was expected" : "Expected: " + string.Join(", ", _known.Order(StringComparer.Ordinal)))}");
    }

    private delegate bool Parser<T>(string text, out T value);

    private string? Value(string key)
    {
        _known.Add(key);
        return section[key] is { Length: > 0 } value ? value : null;
    }

    private T Parsed<T>(string key, T otherwise, string expected, Parser<T> parse, Func<T, bool> fits)
    {
        if (Value(key) is not { } text) return otherwise;
        if (parse(text, out var value) && fits(value)) return value;
        Wrong(key, $"'{text}' is not {expected}");
        return otherwise;
    }
}
