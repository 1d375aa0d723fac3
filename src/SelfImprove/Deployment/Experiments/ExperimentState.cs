using System.Text.Json.Serialization;
using SelfImprove.Statistics.Randomness;

namespace SelfImprove.Deployment.Experiments;

/// <summary>
/// Everything an experiment's decision depends on, folded one mature request at a time in the order of time: a look costs its new requests,
/// not the whole experiment. The same requests in the same order give the same state on every machine. Kept as
/// <c>runs/{agent}/{run}/experiment-{round}.json</c>.
/// </summary>
public sealed class ExperimentState
{
    private const int LatencyCapAfter = 30;
    private const double LatencyCap = 10;

    /// <summary>The experiment.</summary>
    public required string Experiment { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>How it ended; null while it is under way. Written before the routing changes back, so that a late repetition of its beginning can't
    /// begin it again.</summary>
    public string? Ended { get; set; }

    /// <summary>Whether the routing followed its end.</summary>
    public bool Settled { get; set; }

    /// <summary>Requests before this time are folded.</summary>
    public required DateTimeOffset FoldedUntil { get; set; }

    /// <summary>Requests folded, judged or not.</summary>
    public int Requests { get; set; }

    /// <summary>Of these, the challenger's.</summary>
    public int ChallengerRequests { get; set; }

    /// <summary>Callers seen.</summary>
    public SeenKeys Keys { get; init; } = new();

    /// <summary>Callers first seen with the challenger.</summary>
    public int ChallengerKeys { get; set; }

    /// <summary>Over callers as first seen: assigned to the challenger (1 or 0) minus the probability.</summary>
    public double KeySurplus { get; set; }

    /// <summary>Over callers as first seen: sum of p(1-p).</summary>
    public double KeyVariance { get; set; }

    /// <summary>The reward of judged requests.</summary>
    public MeasureSums Reward { get; init; } = new() { Baseline = 0.5 };

    /// <summary>Failed requests.</summary>
    public MeasureSums Errors { get; init; } = new() { Baseline = 0 };

    /// <summary>Requests answered with nothing.</summary>
    public MeasureSums NoAnswers { get; init; } = new() { Baseline = 0 };

    /// <summary>Latency in ms; single values over ten times the running mean count as that.</summary>
    public MeasureSums Latency { get; init; } = new();

    /// <summary>Requests that got a judgement in time.</summary>
    public MeasureSums Responses { get; init; } = new() { Baseline = 0.5 };

    /// <summary>Callers first seen with the champion.</summary>
    [JsonIgnore]
    public int ChampionKeys => Keys.Count - ChallengerKeys;

    /// <summary>Folds one request.</summary>
    public void Fold(in ExperimentObservation observation)
    {
        if (observation.Share is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(observation), observation.Share, "An experiment's share lies between 0 and 1, both excluded.");
        var hash = SeededRandom.Hash(observation.Key);
        var group = (int)(hash % MeasureSums.Clusters);
        var (challenger, share) = (observation.Challenger, observation.Share);
        Requests++;
        if (challenger) ChallengerRequests++;
        if (Keys.Add(hash))
        {
            if (challenger) ChallengerKeys++;
            KeySurplus += (challenger ? 1 : 0) - share;
            KeyVariance += share * (1 - share);
        }
        if (observation.Reward is { } reward) Reward.Add(group, challenger, share, reward);
        Responses.Add(group, challenger, share, observation.Reward is null ? 0 : 1);
        Errors.Add(group, challenger, share, observation.Error ? 1 : 0);
        NoAnswers.Add(group, challenger, share, observation.NoAnswer ? 1 : 0);
        if (observation.LatencyMs is { } latency)
            Latency.Add(group, challenger, share, Latency.BaselineCount >= LatencyCapAfter ? Math.Min(latency, LatencyCap * Latency.Baseline!.Value) : latency);
    }
}
