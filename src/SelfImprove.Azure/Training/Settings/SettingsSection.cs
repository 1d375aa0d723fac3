using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace SelfImprove.Azure.Training;

/// <summary>A section of the configuration, read with all its mistakes collected; keys that nobody asked for are mistakes too.</summary>
internal sealed class SettingsSection(IConfigurationSection section, List<string> mistakes)
{
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    public string Name => section.Key;

    public bool Exists => section.Exists();

    public void Wrong(string key, string what) => mistakes.Add($"{section.Path}{(key.Length > 0 ? ":" : "")}{key}: {what}");

    public string? Text(string key, string? pattern = null, string? expected = null)
    {
        _known.Add(key);
        if (section[key] is not { Length: > 0 } text) return null;
        if (pattern is null || Regex.IsMatch(text, $"^(?:{pattern})$", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1))) return text;
        Wrong(key, $"'{text}' is not {expected}.");
        return null;
    }

    public string Required(string key, string pattern, string expected)
    {
        _known.Add(key);
        if (section[key] is { Length: > 0 }) return Text(key, pattern, expected) ?? "";
        Wrong(key, $"is missing; expected {expected}.");
        return "";
    }

    public string Word(string key, string otherwise, params string[] words)
    {
        if (Text(key) is not { } text) return otherwise;
        if (words.FirstOrDefault(w => w.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } word) return word;
        Wrong(key, $"'{text}' is none of: {string.Join(", ", words)}.");
        return otherwise;
    }

    public Uri? Url(string key, bool mayBePlain = false)
    {
        if (Text(key) is not { } text) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || (mayBePlain && url.Scheme == Uri.UriSchemeHttp))
            && url is { UserInfo: "", Query: "", Fragment: "" })
            return text.EndsWith('/') ? url : new Uri(text + "/");
        // A key might stand in it: it is not repeated.
        Wrong(key, $"is no absolute {(mayBePlain ? "http or https" : "https")} address without user, query and fragment.");
        return null;
    }

    public int Number(string key, int otherwise, int least, int most)
    {
        if (Text(key) is not { } text) return otherwise;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        Wrong(key, $"'{text}' is not a whole number from {least} to {most}.");
        return otherwise;
    }

    public decimal Amount(string key)
    {
        if (Text(key) is not { } text) return 0;
        if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var amount) && amount is >= 0 and <= 1_000_000) return amount;
        Wrong(key, $"'{text}' is not an amount in USD from 0 to 1000000.");
        return 0;
    }

    public bool Flag(string key)
    {
        if (Text(key) is not { } text) return false;
        if (bool.TryParse(text, out var flag)) return flag;
        Wrong(key, $"'{text}' is neither true nor false.");
        return false;
    }

    public TimeSpan Span(string key, TimeSpan otherwise)
    {
        if (Text(key) is not { } text) return otherwise;
        if (TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var span) && span >= TimeSpan.FromMinutes(1)
            && span <= TimeSpan.FromDays(30)) return span;
        Wrong(key, $"'{text}' is not a span of time such as 08:00:00 or 2.00:00:00, from a minute to 30 days.");
        return otherwise;
    }

    public IReadOnlyList<string> List(string key)
    {
        _known.Add(key);
        return [.. section.GetSection(key).GetChildren().Select(c => c.Value ?? "")];
    }

    public IReadOnlyDictionary<string, string> Map(string key)
    {
        _known.Add(key);
        return section.GetSection(key).GetChildren().ToDictionary(c => c.Key, c => c.Value ?? "", StringComparer.Ordinal);
    }

    public SettingsSection Section(string key)
    {
        _known.Add(key);
        return new SettingsSection(section.GetSection(key), mistakes);
    }

    public IEnumerable<SettingsSection> Sections(string key)
    {
        _known.Add(key);
        return section.GetSection(key).GetChildren().Select(c => new SettingsSection(c, mistakes));
    }

    public void Finish()
    {
        foreach (var child in section.GetChildren())
            if (!_known.Contains(child.Key)) Wrong(child.Key,
                $"there is no such setting here. There are: {string.Join(", ", _known.Order(StringComparer.Ordinal))}.");
    }
}
