namespace SelfImprove.Monitoring.Signals;

/// <summary>What is known of one version's traffic.</summary>
public sealed record VersionSignals
{
    /// <summary>Interactions served.</summary>
    public long Interactions { get; init; }

    /// <summary>Of these, failed with an error.</summary>
    public long Errors { get; init; }

    /// <summary>Of these, judged on the goal metric.</summary>
    public long Judged { get; init; }

    /// <summary>Sum of their rewards.</summary>
    public double RewardSum { get; init; }

    /// <summary>Sum of their squared rewards.</summary>
    public double RewardSquares { get; init; }

    /// <summary>Exponentially weighted mean reward (weight 0.02 for the newest); null before the first.</summary>
    public double? Ewma { get; init; }

    /// <summary>The first served interaction's time.</summary>
    public DateTimeOffset? First { get; init; }

    /// <summary>The last served interaction's time.</summary>
    public DateTimeOffset? Last { get; init; }

    /// <summary>Judged interactions of the reference period: the first 1,000 judged of this version.</summary>
    public int ReferenceCount { get; init; }

    /// <summary>Sum of the reference period's rewards.</summary>
    public double ReferenceSum { get; init; }

    /// <summary>The last 2,000 judged rewards in the order of folding, oldest first.</summary>
    public IReadOnlyList<RecentReward> Recent { get; init; } = [];

    /// <summary>The last 400 interactions, judged or not: was there an error, how sure was the model.</summary>
    public IReadOnlyList<RecentRequest> RecentRequests { get; init; } = [];

    /// <summary>How many interactions had been served when, at every fiftieth, the last 100 of them: for rates of response over a span of time.</summary>
    public IReadOnlyList<ServedMark> Served { get; init; } = [];

    /// <summary>Latency in ms at the 50th, 95th and 99th percentile; null before the first.</summary>
    public IReadOnlyList<double>? LatencyMs { get; init; }

    /// <summary>Sum of costs in USD.</summary>
    public decimal CostUsd { get; init; }

    /// <summary>Per slice: <c>decision={decision}</c> and <c>{tag}={value}</c>; up to 400; where there were more, the 200 busiest are kept and the
    /// rest is folded into <c>(other)</c>.</summary>
    public IReadOnlyDictionary<string, SliceSignals> Slices { get; init; } = new Dictionary<string, SliceSignals>();

    /// <summary>Mean reward of all judged; null where there are none.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public double? MeanReward => Judged > 0 ? RewardSum / Judged : null;
}
