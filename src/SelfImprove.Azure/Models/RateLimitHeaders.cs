using System.Globalization;
using System.Text.RegularExpressions;

namespace SelfImprove.Azure.Models;

/// <summary>
/// Reads how long a server wants to be left alone: <c>retry-after-ms</c>, <c>Retry-After</c> (seconds or a date, RFC 9110 10.2.3), and
/// <c>x-ratelimit-remaining-*</c> with <c>x-ratelimit-reset-*</c> (seconds, <c>6m0s</c> or a time).
/// </summary>
public static partial class RateLimitHeaders
{
    private static readonly string[] Kinds = ["requests", "tokens"];

    /// <summary>After how long a refused request may be repeated; null where the server does not say.</summary>
    /// <param name="header">Gives a header's value.</param>
    /// <param name="now">The present time.</param>
    public static TimeSpan? RetryAfter(Func<string, string?> header, DateTimeOffset now)
    {
        if (header("retry-after-ms") is { } ms && double.TryParse(ms, NumberStyles.Float, CultureInfo.InvariantCulture, out var milliseconds))
            return Within(TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, 0, 864e5)));
        return header("retry-after") is { } after ? Parse(after, now) : null;
    }

    /// <summary>How long until an allowance that is used up is there again; null where there is one left, or the server does not say.</summary>
    /// <param name="header">Gives a header's value.</param>
    /// <param name="now">The present time.</param>
    public static TimeSpan? Exhausted(Func<string, string?> header, DateTimeOffset now)
    {
        TimeSpan? longest = null;
        foreach (var kind in Kinds)
        {
            if (!long.TryParse(header($"x-ratelimit-remaining-{kind}"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var left) || left > 0) continue;
            if (header($"x-ratelimit-reset-{kind}") is { } reset && Parse(reset, now) is { } wait && !(wait <= longest)) longest = wait;
        }
        return longest;
    }

    private static TimeSpan? Parse(string text, DateTimeOffset now)
    {
        text = text.Trim();
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds))
            return double.IsNaN(seconds) ? null : Within(TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 86400)));
        if (text.Length is > 0 and < 40 && Spans().Match(text) is { Success: true } spans)
        {
            var sum = 0.0;
            foreach (Capture part in spans.Groups["part"].Captures)
            {
                var unit = part.Value.TrimStart([.. "0123456789."]);
                sum += double.Parse(part.ValueSpan[..^unit.Length], NumberStyles.Float, CultureInfo.InvariantCulture)
                    * unit switch { "d" => 86400, "h" => 3600, "m" => 60, "s" => 1, _ => 0.001 };
            }
            return Within(TimeSpan.FromSeconds(Math.Min(sum, 86400)));
        }
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var when) ? Within(when - now) : null;
    }

    private static TimeSpan Within(TimeSpan span) => span < TimeSpan.Zero ? TimeSpan.Zero : span > TimeSpan.FromDays(1) ? TimeSpan.FromDays(1) : span;

    [GeneratedRegex(@"^(?<part>\d+(\.\d+)?(ms|d|h|m|s))+$", RegexOptions.CultureInvariant)]
    private static partial Regex Spans();
}
