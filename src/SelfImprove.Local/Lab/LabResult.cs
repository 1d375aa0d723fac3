namespace SelfImprove.Local.Lab;

/// <summary>A stretch of one run.</summary>
/// <param name="From">Its first interaction, from 0.</param>
/// <param name="To">One after its last.</param>
/// <param name="Texts">Different texts by which reward is told: never labelled by anybody, each counted once.</param>
/// <param name="Right">Of these, answered rightly.</param>
/// <param name="HeldOut">At its end: held-out accuracy of the version that serves, under the mix of that time.</param>
/// <param name="Cost">USD spent since the start.</param>
/// <param name="Labels">Labels for training bought since the start.</param>
/// <param name="Runs">Improvement runs (or retrainings) begun since the start.</param>
/// <param name="Version">The version that serves at its end.</param>
public sealed record LabBucket(int From, int To, int Texts, int Right, double HeldOut, decimal Cost, int Labels, int Runs, string Version)
{
    /// <summary>Mean reward, [0,1]; null where no text of it could be scored.</summary>
    public double? Reward => Texts == 0 ? null : (double)Right / Texts;
}

/// <summary>One run: a scenario, a policy, a seed.</summary>
public sealed record LabResult
{
    /// <summary>The scenario.</summary>
    public required LabScenario Scenario { get; init; }

    /// <summary>The policy.</summary>
    public required LabPolicy Policy { get; init; }

    /// <summary>The seed.</summary>
    public required int Seed { get; init; }

    /// <summary>Its stretches, in order.</summary>
    public required IReadOnlyList<LabBucket> Buckets { get; init; }

    /// <summary>Mean reward from the change on, over all stretches' texts, [0,1].</summary>
    public required double RewardAfter { get; init; }

    /// <summary>Runs that began while nothing had changed.</summary>
    public int FalseTriggers { get; init; }

    /// <summary>Promotions by the loop.</summary>
    public int Promotions { get; init; }

    /// <summary>Of these, to a version that is worse on held-out texts than the one before it.</summary>
    public int FalsePromotions { get; init; }

    /// <summary>Returns to an earlier version by the loop.</summary>
    public int RollBacks { get; init; }

    /// <summary>Of these, to a version that is worse on held-out texts.</summary>
    public int FalseRollBacks { get; init; }

    /// <summary>Sources put into quarantine that lied.</summary>
    public int Quarantined { get; init; }

    /// <summary>Sources put into quarantine that did not.</summary>
    public int FalseQuarantines { get; init; }

    /// <summary>Whether there was anything to recover from: held-out accuracy fell below 95% of what it was at the change, or a source lied.</summary>
    public bool Harmed { get; init; }

    /// <summary>Interactions from the change until held-out accuracy was 95% of what it was again, or the liar in quarantine; null where it never was.</summary>
    public int? RecoveredAfter { get; init; }

    /// <summary>How the runs ended, in order.</summary>
    public IReadOnlyList<string> Endings { get; init; } = [];

    /// <summary>USD spent.</summary>
    public decimal Cost => Buckets[^1].Cost;

    /// <summary>Labels bought for training.</summary>
    public int Labels => Buckets[^1].Labels;

    /// <summary>Runs (or retrainings).</summary>
    public int Runs => Buckets[^1].Runs;
}
