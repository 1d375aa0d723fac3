namespace SelfImprove.Local.Lab;

/// <summary>What the laboratory measured.</summary>
/// <param name="Options">What was asked.</param>
/// <param name="Results">Every run, by scenario, policy and seed.</param>
/// <param name="Times">How long each policy's runs of a scenario took.</param>
public sealed record LabReport(LabOptions Options, IReadOnlyList<LabResult> Results, IReadOnlyList<LabTime> Times)
{
    /// <summary>One line for each scenario and policy.</summary>
    public IReadOnlyList<LabSummary> Summaries { get; } =
        [.. Results.GroupBy(r => (r.Scenario, r.Policy)).Select(g => LabSummary.Of(g.Key.Scenario, g.Key.Policy, [.. g], Times.First(t => t.Scenario == g.Key.Scenario && t.Policy == g.Key.Policy)))];
}

/// <summary>How long the runs of one policy in one scenario took.</summary>
/// <param name="Scenario">The scenario.</param>
/// <param name="Policy">The policy.</param>
/// <param name="Seconds">By the clock on the wall, all seeds, as many at once as were allowed.</param>
/// <param name="CpuSeconds">Of the processor, all seeds.</param>
public sealed record LabTime(LabScenario Scenario, LabPolicy Policy, double Seconds, double CpuSeconds);

/// <summary>A scenario's and policy's runs in one line; means are over seeds.</summary>
public sealed record LabSummary
{
    /// <summary>The scenario.</summary>
    public required LabScenario Scenario { get; init; }

    /// <summary>The policy.</summary>
    public required LabPolicy Policy { get; init; }

    /// <summary>Runs.</summary>
    public required int Seeds { get; init; }

    /// <summary>Mean reward after the change, [0,1].</summary>
    public required double Reward { get; init; }

    /// <summary>Mean held-out accuracy at the end, [0,1].</summary>
    public required double HeldOut { get; init; }

    /// <summary>Mean USD spent.</summary>
    public required decimal Cost { get; init; }

    /// <summary>Mean labels bought for training.</summary>
    public required double Labels { get; init; }

    /// <summary>Mean improvement runs or retrainings.</summary>
    public required double Runs { get; init; }

    /// <summary>Runs that began while nothing had changed, all seeds.</summary>
    public required int FalseTriggers { get; init; }

    /// <summary>Interactions during which nothing had changed, all seeds: what <see cref="FalseTriggers"/> are to be seen against.</summary>
    public required long QuietInteractions { get; init; }

    /// <summary>Promotions, all seeds.</summary>
    public required int Promotions { get; init; }

    /// <summary>Of these, false.</summary>
    public required int FalsePromotions { get; init; }

    /// <summary>Roll-backs, all seeds.</summary>
    public required int RollBacks { get; init; }

    /// <summary>Of these, false.</summary>
    public required int FalseRollBacks { get; init; }

    /// <summary>Honest sources put into quarantine, all seeds.</summary>
    public required int FalseQuarantines { get; init; }

    /// <summary>Runs in which there was something to recover from.</summary>
    public required int Harmed { get; init; }

    /// <summary>Of these, recovered.</summary>
    public required int Recovered { get; init; }

    /// <summary>Median interactions from the change to recovery, of those that recovered; null where none did.</summary>
    public required int? RecoveredAfter { get; init; }

    /// <summary>How often runs ended in which way.</summary>
    public required IReadOnlyDictionary<string, int> Endings { get; init; }

    /// <summary>Seconds by the clock on the wall, all seeds.</summary>
    public required double Seconds { get; init; }

    /// <summary>Seconds of the processor, per seed.</summary>
    public required double CpuSecondsPerSeed { get; init; }

    internal static LabSummary Of(LabScenario scenario, LabPolicy policy, IReadOnlyList<LabResult> results, LabTime time)
    {
        var recovered = results.Where(r => r.Harmed && r.RecoveredAfter is not null).Select(r => r.RecoveredAfter!.Value).Order().ToList();
        return new LabSummary
        {
            Scenario = scenario, Policy = policy, Seeds = results.Count,
            Reward = results.Average(r => r.RewardAfter), HeldOut = results.Average(r => r.Buckets[^1].HeldOut),
            Cost = results.Average(r => r.Cost), Labels = results.Average(r => r.Labels), Runs = results.Average(r => r.Runs),
            FalseTriggers = results.Sum(r => r.FalseTriggers),
            QuietInteractions = results.Sum(r => (long)(scenario == LabScenario.Stable ? r.Buckets[^1].To : r.Buckets[^1].To / 4)),
            Promotions = results.Sum(r => r.Promotions), FalsePromotions = results.Sum(r => r.FalsePromotions),
            RollBacks = results.Sum(r => r.RollBacks), FalseRollBacks = results.Sum(r => r.FalseRollBacks), FalseQuarantines = results.Sum(r => r.FalseQuarantines),
            Harmed = results.Count(r => r.Harmed), Recovered = recovered.Count, RecoveredAfter = recovered.Count == 0 ? null : recovered[recovered.Count / 2],
            Endings = new SortedDictionary<string, int>(results.SelectMany(r => r.Endings).CountBy(e => e).ToDictionary(), StringComparer.Ordinal),
            Seconds = time.Seconds, CpuSecondsPerSeed = time.CpuSeconds / results.Count,
        };
    }
}
