using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.RegularExpressions;

namespace SelfImprove.Agents.Manifests.Reading;

/// <summary>What the annotations of the manifest's records allow. On a list they hold for each item.</summary>
internal static class Annotations
{
    /// <summary>What was expected; null where the value is allowed.</summary>
    public static string? Refusal(ValidationAttribute attribute, object value) => attribute switch
    {
        RangeAttribute range when value is TimeSpan time => Outside(range, time) ? $"{Shown(Low(range))} to {Shown(High(range))}" : null,
        RangeAttribute range when value is IConvertible => OutsideNumber(range, Convert.ToDouble(value, CultureInfo.InvariantCulture)) ? Interval(range) : null,
        RegularExpressionAttribute pattern when value is string text => Regex.IsMatch(text, $"^(?:{pattern.Pattern})\\z", RegexOptions.CultureInvariant)
            ? null
            : $"{Words(pattern.Pattern)}",
        MaxLengthAttribute longest when value is string text => text.Length <= longest.Length ? null : $"at most {longest.Length} characters",
        AllowedValuesAttribute allowed => allowed.Values.Contains(value)
            ? null
            : $"one of {string.Join(", ", allowed.Values)}{NearestName.Hint(value.ToString()!, allowed.Values.OfType<string>())}",
        _ => null,
    };

    public static TimeSpan Low(RangeAttribute range) => TimeSpan.Parse((string)range.Minimum, CultureInfo.InvariantCulture);

    public static TimeSpan High(RangeAttribute range) => TimeSpan.Parse((string)range.Maximum, CultureInfo.InvariantCulture);

    public static double Number(object bound) => Convert.ToDouble(bound, CultureInfo.InvariantCulture);

    private static bool Outside(RangeAttribute range, TimeSpan time) => time < Low(range) || time > High(range);

    private static bool OutsideNumber(RangeAttribute range, double value)
    {
        var (low, high) = (Number(range.Minimum), Number(range.Maximum));
        return value < low || value > high || (range.MinimumIsExclusive && value.Equals(low)) || (range.MaximumIsExclusive && value.Equals(high));
    }

    private static string Interval(RangeAttribute range) => string.Create(CultureInfo.InvariantCulture,
        $"a number in {(range.MinimumIsExclusive ? '(' : '[')}{Number(range.Minimum):#,0.###}, {Number(range.Maximum):#,0.###}{(range.MaximumIsExclusive ? ')' : ']')}");

    private static string Words(string pattern) => pattern switch
    {
        "[a-z0-9-]{1,63}" => "1 to 63 of the characters a-z, 0-9 and '-'",
        "v[1-9][0-9]{0,8}" => "a version such as v3",
        _ => $"a text of the form {pattern}",
    };

    private static string Shown(TimeSpan time) => time switch
    {
        { Ticks: 0 } => "0s",
        { TotalDays: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalDays:0.##}d"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.##}s"),
    };
}
