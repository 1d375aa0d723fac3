using NCrontab;
using SelfImprove.Agents.Manifests;

namespace SelfImprove.Monitoring.Triggers;

/// <summary>
/// Fires at fixed local times. Of several due times that were missed, only the latest counts. Where clocks go forward, a time that
/// doesn't exist falls as long after the gap's start as it would have; where they go back, a time that exists twice counts the first time.
/// </summary>
public static class SchedulePolicy
{
    // Tried one after the other: a dense schedule is found in the first, so that none is walked for long.
    private static readonly TimeSpan[] Lookbacks = [TimeSpan.FromHours(1), TimeSpan.FromDays(2), TimeSpan.FromDays(40), TimeSpan.FromDays(400), TimeSpan.FromDays(1_500)];
    private static readonly TimeSpan LargestShift = TimeSpan.FromHours(3);

    /// <summary>What identifies a schedule in the trigger's state: another expression is another schedule.</summary>
    public static string KeyOf(TriggerSettings trigger) => $"{trigger.Cron} {trigger.TimeZone}";

    /// <summary>Judges whether a due time has come that was not served yet.</summary>
    /// <param name="trigger">The policy's settings.</param>
    /// <param name="served">Up to when due times were served, or the schedule did not exist yet.</param>
    /// <param name="now">Now.</param>
    public static PolicyEvidence Decide(TriggerSettings trigger, DateTimeOffset served, DateTimeOffset now)
    {
        var due = LatestDue(trigger, now);
        var what = $"{trigger.Cron} ({trigger.TimeZone})";
        if (due is null) return PolicyEvidence.No(TriggerKind.Schedule, $"{what}: no time was due in the last four years.");
        return due > served
            ? PolicyEvidence.Yes(TriggerKind.Schedule, "schedule", $"{what}: due at {due:u}.")
            : PolicyEvidence.No(TriggerKind.Schedule, $"{what}: last due at {due:u}, served.");
    }

    /// <summary>The latest due time that is not after now; null where there was none for years.</summary>
    public static DateTimeOffset? LatestDue(TriggerSettings trigger, DateTimeOffset now)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(trigger.TimeZone);
        var schedule = CrontabSchedule.Parse(trigger.Cron);
        var local = TimeZoneInfo.ConvertTime(now, zone).DateTime;
        foreach (var lookback in Lookbacks)
        {
            // A local time after the present one may lie before now: clocks may just have gone back.
            var due = schedule.GetNextOccurrences(local - lookback - LargestShift, local + LargestShift).Select(t => Instant(t, zone));
            if (due.Where(t => t <= now).Select(t => (DateTimeOffset?)t).Max() is { } latest) return latest;
        }
        return null;
    }

    /// <summary>The earliest due time after now; null where there is none for years.</summary>
    public static DateTimeOffset? NextDue(TriggerSettings trigger, DateTimeOffset now)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(trigger.TimeZone);
        var schedule = CrontabSchedule.Parse(trigger.Cron);
        var local = TimeZoneInfo.ConvertTime(now, zone).DateTime;
        foreach (var lookahead in Lookbacks)
        {
            // A local time before the present one may lie after now: clocks may be about to go back.
            var due = schedule.GetNextOccurrences(local - LargestShift, local + lookahead + LargestShift).Select(t => Instant(t, zone));
            if (due.Where(t => t > now).Select(t => (DateTimeOffset?)t).Min() is { } earliest) return earliest;
        }
        return null;
    }

    private static DateTimeOffset Instant(DateTime local, TimeZoneInfo zone)
    {
        var offset = zone.IsInvalidTime(local) ? zone.GetUtcOffset(local - LargestShift)
            : zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max()
            : zone.GetUtcOffset(local);
        return new DateTimeOffset(DateTime.SpecifyKind(local, DateTimeKind.Unspecified), offset).ToUniversalTime();
    }
}
