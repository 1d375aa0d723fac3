using SelfImprove.Evaluation.Scoring;
using SelfImprove.Statistics;
using SelfImprove.Statistics.Distributions;
using SelfImprove.Statistics.Paired;
using SelfImprove.Statistics.Randomness;

namespace SelfImprove.Evaluation.Judging;

/// <summary>The paired comparison of some items: exact where scores are right or wrong, by bootstrap where they are graded.</summary>
internal sealed class PairedScores
{
    private const int Resamples = 10_000;
    private readonly double[] _champion;
    private readonly double[] _candidate;

    public PairedScores(IEnumerable<ItemScore> items)
    {
        var all = items.ToList();
        _champion = [.. all.Select(i => i.Champion.Score)];
        _candidate = [.. all.Select(i => i.Candidate.Score)];
        IsBinary = _champion.Concat(_candidate).All(s => s is 0 or 1);
        for (var i = 0; i < Count; i++)
        {
            if (_candidate[i] > _champion[i]) Wins++;
            else if (_candidate[i] < _champion[i]) Losses++;
        }
    }

    public int Count => _champion.Length;

    public bool IsBinary { get; }

    /// <summary>Items on which the candidate alone is right (or better).</summary>
    public int Wins { get; }

    /// <summary>Items on which the champion alone is right (or better).</summary>
    public int Losses { get; }

    public double ChampionMean => Count == 0 ? 0 : _champion.Average();

    public double CandidateMean => Count == 0 ? 0 : _candidate.Average();

    public double Difference => CandidateMean - ChampionMean;

    /// <summary>One-sided p-value of "the candidate is no better", and the interval at 1 - 2 alpha that goes with the test.</summary>
    public (double? PValue, ConfidenceInterval Interval) Better(double alpha, string seed)
    {
        var both = Math.Min(0.99, 2 * alpha);
        if (Count == 0) return (null, new ConfidenceInterval(-1, 1));
        if (IsBinary) return (McNemar.BetterPValue(Wins, Losses), PairedProportions.Difference(Wins, Losses, Count, both)!.Value);
        var bootstrap = PairedBootstrap.Difference(_champion, _candidate, new SeededRandom(seed), both, Resamples);
        // A share of 0 resamples at or below 0 is "less than 1 in the resamples", never proof without error.
        return bootstrap is null ? (null, new ConfidenceInterval(-1, 1)) : (Math.Max(bootstrap.ShareNotBetter, 1.0 / Resamples), bootstrap.Interval);
    }

    /// <summary>One-sided p-value of "the candidate falls by no more than the tolerance"; null where the two never differ.</summary>
    public double? Worse(double tolerance)
    {
        if (Wins + Losses == 0) return null;
        if (IsBinary) return tolerance <= 0 ? McNemar.WorsePValue(Wins, Losses) : 1 - PairedProportions.NonInferiorityPValue(Wins, Losses, Count, tolerance);
        var variance = _champion.Zip(_candidate, (a, b) => b - a - Difference).Sum(d => d * d) / Math.Max(1, Count - 1);
        if (variance <= 0) return Difference < -tolerance ? Math.Pow(0.5, Count) : 1;
        return StudentTail((-Difference - tolerance) / Math.Sqrt(variance / Count));
    }

    /// <summary>One-sided lower bound of the candidate's mean score.</summary>
    public double CandidateLower(double alpha)
    {
        if (Count == 0) return 0;
        if (IsBinary) return Wilson.Lower((long)Math.Round(_candidate.Sum()), Count, alpha) ?? 0;
        var mean = CandidateMean;
        var variance = _candidate.Sum(s => (s - mean) * (s - mean)) / Math.Max(1, Count - 1);
        return mean - Normal.Quantile(1 - alpha) * Math.Sqrt(variance / Count);
    }

    /// <summary>The share of items on which the two differ: what the power of a paired test depends on.</summary>
    public double Discordant => Count == 0 ? 0 : (Wins + Losses) / (double)Count;

    private double StudentTail(double t) => StudentT.Cdf(-t, Count - 1);
}
