using NCrontab;

namespace SelfImprove.Agents.Manifests.Reading;

/// <summary>What must hold of the triggers: each kind has what it needs.</summary>
internal static class TriggerRules
{
    private const int RewardsKept = 2_000;

    public static void Check(AgentManifest manifest, MistakeList mistakes)
    {
        var kinds = new HashSet<TriggerKind>();
        for (var i = 0; i < manifest.Triggers.Count; i++)
        {
            var (at, trigger) = ($"triggers[{i}]", manifest.Triggers[i]);
            if (mistakes.IsBroken($"{at}.kind")) continue;
            mistakes.Warn(!kinds.Add(trigger.Kind) && trigger.Kind != TriggerKind.Schedule, at, $"{Word(trigger.Kind)} for a second time",
                "each policy but schedule once");
            CheckSchedule(trigger, at, mistakes);
            if (trigger.Kind is TriggerKind.Threshold && !mistakes.IsBroken("goal.target"))
                mistakes.Rule(manifest.Goal.Target is not null, at, "threshold without goal.target", "a goal.target, or another trigger");
            mistakes.Warn(trigger.Window > RewardsKept, $"{at}.window", $"{trigger.Window}", $"at most {RewardsKept}: signals keep no more judged tasks than that");
        }
    }

    private static void CheckSchedule(TriggerSettings trigger, string at, MistakeList mistakes)
    {
        if (trigger.Kind != TriggerKind.Schedule)
        {
            mistakes.Rule(trigger.Cron is null, $"{at}.cron", "an expression", $"kind: schedule, or no cron: {Word(trigger.Kind)} has no times");
            return;
        }
        if (string.IsNullOrWhiteSpace(trigger.Cron)) mistakes.Rule(false, $"{at}.cron", "nothing", "five fields: minute hour day month weekday, such as 0 3 * * 1");
        else
            mistakes.Rule(CrontabSchedule.TryParse(trigger.Cron) is not null, $"{at}.cron", SourceNode.Short(trigger.Cron),
                "five fields: minute hour day month weekday, such as 0 3 * * 1");
        mistakes.Rule(TimeZoneInfo.TryFindSystemTimeZoneById(trigger.TimeZone, out _), $"{at}.timeZone", SourceNode.Short(trigger.TimeZone),
            "an IANA time zone, such as Europe/Berlin");
    }

    private static string Word(TriggerKind kind) => kind.ToString().ToLowerInvariant();
}
