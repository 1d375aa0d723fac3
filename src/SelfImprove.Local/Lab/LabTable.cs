using System.Globalization;

namespace SelfImprove.Local.Lab;

/// <summary>The table that people read: a line for each policy.</summary>
public static class LabTable
{
    /// <summary>The columns' names.</summary>
    public static IReadOnlyList<string> Columns { get; } =
        ["policy", "reward after", "held out", "USD", "labels", "runs", "false triggers", "false promotions", "false roll-backs", "recovered", "after (median)", "CPU s a run"];

    /// <summary>A line's cells.</summary>
    public static IReadOnlyList<string> Cells(LabSummary of) =>
    [
        LabCsv.Name(of.Policy),
        Percent(of.Reward),
        Percent(of.HeldOut),
        of.Cost.ToString("0.00", CultureInfo.InvariantCulture),
        of.Labels.ToString("0", CultureInfo.InvariantCulture),
        of.Runs.ToString("0.0", CultureInfo.InvariantCulture),
        // Baselines have no triggers, and promote whatever they trained.
        of.Policy == LabPolicy.Loop ? string.Create(CultureInfo.InvariantCulture, $"{of.FalseTriggers} in {of.QuietInteractions:N0}") : "-",
        of.Policy == LabPolicy.Loop ? $"{of.FalsePromotions} of {of.Promotions}" : "-",
        of.Policy == LabPolicy.Loop ? $"{of.FalseRollBacks} of {of.RollBacks}" : "-",
        of.Harmed == 0 ? "-" : $"{of.Recovered} of {of.Harmed}",
        of.RecoveredAfter?.ToString("N0", CultureInfo.InvariantCulture) ?? "-",
        of.CpuSecondsPerSeed.ToString("0.0", CultureInfo.InvariantCulture),
    ];

    private static string Percent(double share) => share.ToString("P1", CultureInfo.InvariantCulture);
}
