using System.Text.Json.Serialization;

namespace SelfImprove.Planning;

/// <summary>What one round does. Kept as <c>runs/{agent}/{run}/plan-{round}.json</c> with the candidates it was chosen from.</summary>
public sealed record ImprovementPlan
{
    /// <summary>Where the signal comes from.</summary>
    public required PlanStrategy Strategy { get; init; }

    /// <summary>The teacher asked; null for corrections alone.</summary>
    public string? Teacher { get; init; }

    /// <summary>Which inputs are labelled first.</summary>
    public PlanSampling Sampling { get; init; } = PlanSampling.Margin;

    /// <summary>How many new rows to label; 0 for corrections alone.</summary>
    public int Rows { get; init; }

    /// <summary>How many more requests to wait for first; 0 to start at once.</summary>
    public int Wait { get; init; }

    /// <summary>
    /// In how many more waves than one rows are labelled: where training is cheap, what one wave was told decides which inputs the next one asks about.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int MoreWaves { get; init; }

    /// <summary>In how many waves rows are labelled, from 1.</summary>
    [JsonIgnore]
    public int Waves => MoreWaves + 1;

    /// <summary>Rows per slice (predicted decision), where the plan says so; the rest is chosen freely.</summary>
    public IReadOnlyDictionary<string, int>? Allocation { get; init; }

    /// <summary>The rows that <see cref="Allocation"/> spreads, where <see cref="Rows"/> are only a wave of them; 0 where they are all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int AllocatedOf { get; init; }

    /// <summary>Traffic from this time on is preferred; null for all within the lookback.</summary>
    public DateTimeOffset? Since { get; init; }
}
