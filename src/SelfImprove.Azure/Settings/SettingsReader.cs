using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace SelfImprove.Azure.Settings;

/// <summary>
/// Reads a section of the host's configuration and collects what is wrong with it, so that a host which can't start says everything at once. A
/// setting that nothing asked for is a mistake too: a misspelt limit must not be taken for a limit.
/// </summary>
/// <param name="section">The section.</param>
/// <param name="mistakes">Gets the mistakes.</param>
public sealed class SettingsReader(IConfigurationSection section, ICollection<string> mistakes)
{
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Where it is: <c>models:endpoints:main</c>.</summary>
    public string Path => section.Path;

    /// <summary>The section's name.</summary>
    public string Name => section.Key;

    /// <summary>Whether the configuration has the section.</summary>
    public bool Exists => section.Value is not null || section.GetChildren().Any();

    /// <summary>Reports a mistake at a setting of this section.</summary>
    public void Wrong(string key, string what) => mistakes.Add($"{PathOf(key)}: {what}");

    /// <summary>A text; null where it is missing or empty.</summary>
    public string? Text(string key)
    {
        _known.Add(key);
        return section[key] is { Length: > 0 } value ? value : null;
    }

    /// <summary>An absolute http or https address without credentials, query or fragment; null where it is missing or wrong.</summary>
    public Uri? Url(string key)
    {
        if (Text(key) is not { } text)
        {
            Wrong(key, "an address is missing, for example https://example.openai.azure.com/openai/v1/");
            return null;
        }
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url is { UserInfo: "", Query: "", Fragment: "" } && url.Host.Length > 0)
            return url;
        // A key might stand in it: it is not repeated.
        Wrong(key, "is not an absolute http or https address without user, query and fragment. Keys belong into a secret");
        return null;
    }

    /// <summary>Yes or no.</summary>
    public bool Flag(string key, bool otherwise) => Value(key, otherwise, "true or false", (string s, out bool v) => bool.TryParse(s, out v), _ => true);

    /// <summary>A whole number within bounds.</summary>
    public int Number(string key, int otherwise, int least, int most) =>
        Value(key, otherwise, $"a whole number from {least} to {most}",
            (string s, out int v) => int.TryParse(s, NumberStyles.None, CultureInfo.InvariantCulture, out v), v => v >= least && v <= most);

    /// <summary>An amount of 0 or more; null where it is missing or wrong.</summary>
    public decimal? Amount(string key) => Text(key) is null
        ? null
        : Value(key, 0m, "a number of 0 or more", (string s, out decimal v) => decimal.TryParse(s, NumberStyles.Float, CultureInfo.InvariantCulture, out v), v => v >= 0);

    /// <summary>A span of time, <c>[d.]hh:mm:ss</c>, over zero and at most a day.</summary>
    public TimeSpan Span(string key, TimeSpan otherwise) =>
        Value(key, otherwise, "a span of time such as 00:02:00, at most a day",
            (string s, out TimeSpan v) => TimeSpan.TryParseExact(s, ["c", @"h\:mm\:ss"], CultureInfo.InvariantCulture, out v),
            v => v > TimeSpan.Zero && v <= TimeSpan.FromDays(1));

    /// <summary>One of some words, whatever their case; null where it is missing or another.</summary>
    public string? Word(string key, params IReadOnlyList<string> words)
    {
        if (Text(key) is not { } text)
        {
            Wrong(key, $"is missing; expected one of: {string.Join(", ", words)}");
            return null;
        }
        if (words.FirstOrDefault(w => w.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } word) return word;
        Wrong(key, $"'{text}' is none of: {string.Join(", ", words)}");
        return null;
    }

    /// <summary>A list of texts: <c>key:0</c>, <c>key:1</c>..., or one text.</summary>
    public IReadOnlyList<string> List(string key)
    {
        _known.Add(key);
        var list = section.GetSection(key);
        return list.Value is { Length: > 0 } one ? [one] : [.. list.GetChildren().Select(c => c.Value).OfType<string>().Where(v => v.Length > 0)];
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
            Wrong(child.Key, "there is no such setting. "
                + $"{(_known.Count == 0 ? "Nothing was expected" : "Expected: " + string.Join(", ", _known.Order(StringComparer.Ordinal)))}");
    }

    private delegate bool Parser<T>(string text, out T value);

    private T Value<T>(string key, T otherwise, string expected, Parser<T> parse, Func<T, bool> fits)
    {
        if (Text(key) is not { } text) return otherwise;
        if (parse(text, out var value) && fits(value)) return value;
        Wrong(key, $"'{text}' is not {expected}");
        return otherwise;
    }

    private string PathOf(string key) => key.Length == 0 ? Path : $"{Path}:{key}";
}
