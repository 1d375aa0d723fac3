using System.Globalization;
using SelfImprove.Agents.Manifests;
using SelfImprove.Monitoring.Triggers;

namespace SelfImprove.Tests.Monitoring.Triggers;

public sealed class SchedulePolicyTests
{
    [Theory]
    [InlineData("0 3 * * *", "UTC", "2025-03-03T03:00Z", "2025-03-03T03:00Z")]
    [InlineData("0 3 * * *", "UTC", "2025-03-03T02:59Z", "2025-03-02T03:00Z")]
    [InlineData("0 3 * * *", "Asia/Tokyo", "2025-03-03T12:00Z", "2025-03-02T18:00Z")]
    [InlineData("0 3 * * 1", "America/New_York", "2025-03-12T00:00Z", "2025-03-10T07:00Z")] // EDT since the day before
    [InlineData("30 2 * * *", "Europe/Berlin", "2025-03-30T12:00Z", "2025-03-30T01:30Z")] // 02:30 does not exist: 03:30 summer time
    [InlineData("30 2 * * *", "Europe/Berlin", "2025-03-30T01:29Z", "2025-03-29T01:30Z")]
    [InlineData("30 2 * * *", "Europe/Berlin", "2025-10-26T00:30Z", "2025-10-26T00:30Z")] // 02:30 exists twice: the first
    [InlineData("30 2 * * *", "Europe/Berlin", "2025-10-26T01:10Z", "2025-10-26T00:30Z")] // between the two, by the clock before it
    [InlineData("30 2 * * *", "Europe/Berlin", "2025-10-26T12:00Z", "2025-10-26T00:30Z")]
    [InlineData("* * * * *", "UTC", "2025-03-03T03:00:59Z", "2025-03-03T03:00Z")]
    [InlineData("0 0 1 1 *", "UTC", "2025-12-31T23:59Z", "2025-01-01T00:00Z")]
    [InlineData("0 0 29 2 *", "UTC", "2027-01-01T00:00Z", "2024-02-29T00:00Z")]
    [InlineData("0 0 30 2 *", "UTC", "2027-01-01T00:00Z", null)]
    public void LatestDue_InItsTimeZone_IsTheInstant(string cron, string zone, string now, string? due) =>
        SchedulePolicy.LatestDue(Every(cron, zone), At(now)).ShouldBe(due is null ? null : At(due));

    [Fact]
    public void Decide_DueAndNotServed_FiresOnceHoweverLate()
    {
        var daily = Every("0 3 * * *", "UTC");

        SchedulePolicy.Decide(daily, served: At("2025-03-01T12:00Z"), At("2025-03-02T02:59Z")).Fired.ShouldBeFalse();
        SchedulePolicy.Decide(daily, served: At("2025-03-01T12:00Z"), At("2025-03-04T09:00Z")).Reason.ShouldBe("0 3 * * * (UTC): due at 2025-03-04 03:00:00Z.");
        SchedulePolicy.Decide(daily, served: At("2025-03-04T09:00Z"), At("2025-03-04T09:01Z")).Fired.ShouldBeFalse();
        SchedulePolicy.Decide(daily, served: At("2025-03-04T09:00Z"), At("2025-03-05T03:00Z")).Fired.ShouldBeTrue();
    }

    private static TriggerSettings Every(string cron, string zone) => new() { Kind = TriggerKind.Schedule, Cron = cron, TimeZone = zone };

    private static DateTimeOffset At(string time) => DateTimeOffset.Parse(time, CultureInfo.InvariantCulture);
}
