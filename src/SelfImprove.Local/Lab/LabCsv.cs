using System.Globalization;
using CsvHelper;

namespace SelfImprove.Local.Lab;

/// <summary>Writes the tables. They hold nothing of the clock on the wall: the same options give the same bytes.</summary>
public static class LabCsv
{
    /// <summary>The table of stretches' file name.</summary>
    public const string BucketsFile = "buckets.csv";

    /// <summary>The table of runs' file name.</summary>
    public const string RunsFile = "runs.csv";

    /// <summary>A line for each stretch of each run.</summary>
    public static void WriteBuckets(IEnumerable<LabResult> results, TextWriter to)
    {
        using var csv = Open(to);
        Row(csv, "scenario", "policy", "seed", "from", "to", "texts", "reward", "held_out", "cost_usd", "labels", "runs", "version");
        foreach (var result in results)
            foreach (var b in result.Buckets)
                Row(csv, Name(result.Scenario), Name(result.Policy), result.Seed, b.From, b.To, b.Texts, Share(b.Reward), Share(b.HeldOut), Usd(b.Cost), b.Labels, b.Runs, b.Version);
    }

    /// <summary>A line for each run.</summary>
    public static void WriteRuns(IEnumerable<LabResult> results, TextWriter to)
    {
        using var csv = Open(to);
        Row(csv, "scenario", "policy", "seed", "reward_after_change", "held_out_at_end", "cost_usd", "labels", "runs", "false_triggers", "promotions", "false_promotions",
            "roll_backs", "false_roll_backs", "quarantined", "false_quarantines", "harmed", "recovered_after", "endings");
        foreach (var r in results)
            Row(csv, Name(r.Scenario), Name(r.Policy), r.Seed, Share(r.RewardAfter), Share(r.Buckets[^1].HeldOut), Usd(r.Cost), r.Labels, r.Runs, r.FalseTriggers, r.Promotions,
                r.FalsePromotions, r.RollBacks, r.FalseRollBacks, r.Quarantined, r.FalseQuarantines, r.Harmed ? 1 : 0, r.RecoveredAfter, string.Join(' ', r.Endings));
    }

    /// <summary>A name as the tables have it.</summary>
    public static string Name(Enum value) => value.ToString().ToLowerInvariant();

    private static CsvWriter Open(TextWriter to)
    {
        to.NewLine = "\n";
        return new CsvWriter(to, new CsvHelper.Configuration.CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\n" }, leaveOpen: true);
    }

    private static string? Share(double? value) => value?.ToString("0.0000", CultureInfo.InvariantCulture);

    private static string Usd(decimal value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    private static void Row(CsvWriter csv, params object?[] fields)
    {
        foreach (var field in fields) csv.WriteField(field);
        csv.NextRecord();
    }
}
