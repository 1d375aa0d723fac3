using FsCheck;
using FsCheck.Fluent;
using SelfImprove.Azure.Models;
using SelfImprove.Testing;

namespace SelfImprove.Azure.Tests.Models;

public sealed class RateLimitHeadersTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("retry-after", "20", 20.0)]
    [InlineData("retry-after", "0.5", 0.5)]
    [InlineData("retry-after", "Sun, 22 Nov 2026 12:01:00 GMT", 60.0)]
    [InlineData("retry-after", "Sun, 22 Nov 2026 11:00:00 GMT", 0.0)]
    [InlineData("retry-after", "-5", 0.0)]
    [InlineData("retry-after", "999999999999", 86400.0)]
    [InlineData("retry-after-ms", "1500", 1.5)]
    [InlineData("retry-after", "soon", null)]
    [InlineData("retry-after", "NaN", null)]
    [InlineData("other", "20", null)]
    public void RetryAfter_Header_IsUnderstood(string name, string value, double? seconds) =>
        RateLimitHeaders.RetryAfter(n => n == name ? value : null, Now).ShouldBe(seconds is null ? null : TimeSpan.FromSeconds(seconds.Value));

    [Fact]
    public void RetryAfter_Both_MillisecondsWin() =>
        RateLimitHeaders.RetryAfter(n => n == "retry-after-ms" ? "250" : "1", Now).ShouldBe(TimeSpan.FromMilliseconds(250));

    [Theory]
    [InlineData("0", "6m0s", 360.0)]
    [InlineData("0", "2ms", 0.002)]
    [InlineData("0", "1h2m3.5s", 3723.5)]
    [InlineData("0", "30", 30.0)]
    [InlineData("-1", "30", 30.0)]
    [InlineData("0", "2026-11-22T12:00:10Z", 10.0)]
    [InlineData("1", "30", null)]
    [InlineData("0", "whenever", null)]
    public void Exhausted_NothingRemains_UntilTheReset(string remaining, string reset, double? seconds)
    {
        var wait = RateLimitHeaders.Exhausted(n => n == "x-ratelimit-remaining-tokens" ? remaining : n == "x-ratelimit-reset-tokens" ? reset : null, Now);

        if (seconds is null) wait.ShouldBeNull();
        else wait.ShouldNotBeNull().TotalSeconds.ShouldBe(seconds.Value, 1e-9);
    }

    [Fact]
    public void Parse_AnyText_NeverThrowsAndStaysWithinADay() =>
        Prop.ForAll<string>(text => RateLimitHeaders.RetryAfter(n => n == "retry-after" ? text ?? "" : null, Now) is not { } wait || (wait >= TimeSpan.Zero && wait <= TimeSpan.FromDays(1)))
            .Check(Properties.Checked);
}
