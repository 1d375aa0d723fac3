using System.Text.Json.Serialization;
using SelfImprove.Deployment.Experiments;
using SelfImprove.Statistics.Randomness;

namespace SelfImprove.Deployment.Shadow;

/// <summary>Everything a shadow stage's decision depends on, folded one lot of pairs at a time. Kept as <c>runs/{agent}/{run}/shadow-{round}.json</c>.</summary>
public sealed class ShadowState
{
    private const int LatencyCapAfter = 30;
    private const double LatencyCap = 10;

    /// <summary>The experiment.</summary>
    public required string Experiment { get; init; }

    /// <summary>When it began: requests served since are replayed.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Who compares the answers.</summary>
    public required ShadowScorer Scorer { get; init; }

    /// <summary>How it ended; null while it is under way. Written before the routing changes, so that a late repetition of its beginning can't begin it again.</summary>
    public string? Ended { get; set; }

    /// <summary>All requests served before this time that are to be replayed have been, but for those that are reported late.</summary>
    public required DateTimeOffset ReplayedUntil { get; set; }

    /// <summary>Lots folded.</summary>
    public int Lots { get; set; }

    /// <summary>Pairs folded.</summary>
    public int Pairs { get; set; }

    /// <summary>What they cost, in USD.</summary>
    public decimal CostUsd { get; set; }

    /// <summary>Why no more may be asked: the budget's end; null while it lasts.</summary>
    public string? OutOfMoney { get; set; }

    /// <summary>Requests replayed.</summary>
    public SeenKeys Requests { get; init; } = new();

    /// <summary>Callers seen.</summary>
    public SeenKeys Keys { get; init; } = new();

    /// <summary>The scorer's differences.</summary>
    public PairedSums Score { get; init; } = new();

    /// <summary>Failed requests.</summary>
    public PairedSums Errors { get; init; } = new();

    /// <summary>Answers that the agent may not give: of another form, outside its labels and tools, or none.</summary>
    public PairedSums Invalid { get; init; } = new();

    /// <summary>Latency in ms, where the gateway measured the champion's; single values over ten times the champion's running mean count as that.</summary>
    public PairedSums Latency { get; init; } = new();

    /// <summary>Pairs that a scorer was to compare and could not.</summary>
    public int Unscored { get; set; }

    /// <summary>The mean cost of a pair so far.</summary>
    [JsonIgnore]
    public decimal MeanCostUsd => Pairs == 0 ? 0 : CostUsd / Pairs;

    /// <summary>Whether a request was replayed.</summary>
    public bool Has(string interaction) => Requests.Contains(SeededRandom.Hash(interaction));

    /// <summary>Folds a lot; nothing to do where another look has.</summary>
    /// <returns>Whether it was new.</returns>
    public bool Fold(ShadowLot lot)
    {
        if (lot.Number != Lots) return false;
        Lots++;
        foreach (var pair in lot.Pairs) Fold(pair);
        return true;
    }

    /// <summary>Folds a pair.</summary>
    public void Fold(ShadowPair pair)
    {
        if (!Requests.Add(SeededRandom.Hash(pair.Interaction))) return;
        var key = SeededRandom.Hash(pair.Key ?? pair.Interaction);
        var group = (int)(key % ClusteredSums.Clusters);
        Pairs++;
        CostUsd += pair.CostUsd;
        Keys.Add(key);
        Errors.Add(group, One(pair.ChampionError is not null), One(pair.ChallengerError is not null));
        // An answer that did not come has no form, and nothing to compare: errors are counted by themselves.
        if (pair.ChampionError is not null || pair.ChallengerError is not null) return;
        Invalid.Add(group, One(pair.ChampionProblem is not null), One(pair.ChallengerProblem is not null));
        if (pair.Score is { } score) Score.Add(group, 0, score);
        else if (Scorer.Kind != ShadowScorerKind.None) Unscored++;
        if (pair is { ChampionMs: { } champion, ChallengerMs: { } challenger })
        {
            var cap = Latency.Count >= LatencyCapAfter && Latency.Champion.Mean > 0 ? LatencyCap * Latency.Champion.Mean : double.MaxValue;
            Latency.Add(group, Math.Min(champion, cap), Math.Min(challenger, cap));
        }
    }

    private static double One(bool holds) => holds ? 1 : 0;
}
