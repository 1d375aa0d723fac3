using System.Globalization;
using System.Text.RegularExpressions;

namespace SelfImprove.Agents.Manifests.Reading;

/// <summary>Durations as people write them: <c>30m</c>, <c>1h30m</c>, <c>2d</c>; ISO 8601 (<c>PT30M</c>, weeks to seconds); and <c>1.06:00:00</c>, as
/// the runtime stores them.</summary>
internal static partial class DurationText
{
    public const string Expected = "a duration such as 30m, 24h, 2d or PT30M";

    /// <summary>The duration; null where the text is none, or too long for one.</summary>
    public static TimeSpan? Parse(string text)
    {
        if (TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var stored)) return text.Contains(':') ? stored : null;
        var match = Short().Match(text);
        if (!match.Success) match = Iso().Match(text);
        if (!match.Success) return null;
        double seconds = 0;
        var any = false;
        foreach (var (unit, length) in Units)
        {
            if (match.Groups[unit] is not { Success: true } group) continue;
            any = true;
            seconds += double.Parse(group.ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) * length;
        }
        return any && seconds < TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.FromSeconds(seconds) : null;
    }

    private static readonly (string Unit, double Seconds)[] Units =
        [("w", 604_800), ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1), ("ms", 0.001)];

    [GeneratedRegex(@"^(?=\d)((?<w>\d{1,9})w)?((?<d>\d{1,9})d)?((?<h>\d{1,9})h)?((?<m>\d{1,9})m(?!s))?((?<s>\d{1,9}(\.\d{1,7})?)s)?((?<ms>\d{1,9})ms)?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Short();

    [GeneratedRegex(@"^P((?<w>\d{1,9})W)?((?<d>\d{1,9})D)?(T(?=\d)((?<h>\d{1,9})H)?((?<m>\d{1,9})M)?((?<s>\d{1,9}(\.\d{1,7})?)S)?)?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Iso();
}
