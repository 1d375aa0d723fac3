using SelfImprove.Evaluation.Scoring;
using SelfImprove.Statistics;
using SelfImprove.Statistics.Distributions;
using SelfImprove.Statistics.Paired;
using SelfImprove.Statistics.Randomness;

namespace SelfImprove.Evaluation.Judging;

/// <summary>
/// The paired comparison of some items: exact where scores are right or wrong, by bootstrap where they are graded. Items that both versions answer alike add
/// nothing to the difference, labelled or not: they count as items without a difference. How good each version is alone is weighted by part of the sample.
/// </summary>
internal sealed class PairedScores
{
    private const int Resamples = 10_000;
    private readonly IReadOnlyList<WeightedItem> _items;

    public PairedScores(IEnumerable<ItemScore> sample)
        : this(WeightedItem.Of(sample))
    {
    }

    public PairedScores(IReadOnlyList<WeightedItem> items)
    {
        _items = items;
        IsBinary = items.All(i => i.Item.Champion.Score is 0 or 1 && i.Item.Candidate.Score is 0 or 1);
        Wins = items.Count(i => i.Item.Candidate.Score > i.Item.Champion.Score);
        Losses = items.Count(i => i.Item.Candidate.Score < i.Item.Champion.Score);
        // Where a differing item stands for several, the comparison is as good as on that many times fewer items, all of whose differing ones are labelled.
        var differing = items.Where(i => i.Item.Stratum == ItemStratum.Differs).Select(i => i.Weight).DefaultIfEmpty(1).First();
        Count = (int)Math.Floor((items.Sum(i => i.Weight) / differing) + 1e-6);
    }

    /// <summary>Items that the comparison rests on, those answered alike and not labelled included.</summary>
    public int Count { get; }

    /// <summary>Of these, labelled.</summary>
    public int Labelled => _items.Count;

    public bool IsBinary { get; }

    /// <summary>Items on which the candidate alone is right (or better).</summary>
    public int Wins { get; }

    /// <summary>Items on which the champion alone is right (or better).</summary>
    public int Losses { get; }

    public double ChampionMean => Mean(i => i.Champion.Score);

    public double CandidateMean => Mean(i => i.Candidate.Score);

    public double Difference => CandidateMean - ChampionMean;

    /// <summary>One-sided p-value of "the candidate is no better", and the interval at 1 - 2 alpha that goes with the test.</summary>
    public (double? PValue, ConfidenceInterval Interval) Better(double alpha, string seed)
    {
        var both = Math.Min(0.99, 2 * alpha);
        if (Count == 0) return (null, new ConfidenceInterval(-1, 1));
        if (IsBinary) return (McNemar.BetterPValue(Wins, Losses), PairedProportions.Difference(Wins, Losses, Count, both)!.Value);
        var bootstrap = PairedBootstrap.Difference(new double[Count], Differences(), new SeededRandom(seed), both, Resamples);
        // A share of 0 resamples at or below 0 is "less than 1 in the resamples", never proof without error.
        return bootstrap is null ? (null, new ConfidenceInterval(-1, 1)) : (Math.Max(bootstrap.ShareNotBetter, 1.0 / Resamples), bootstrap.Interval);
    }

    /// <summary>One-sided p-value of "the candidate falls by no more than the tolerance"; null where the two never differ.</summary>
    public double? Worse(double tolerance)
    {
        if (Wins + Losses == 0) return null;
        if (IsBinary) return tolerance <= 0 ? McNemar.WorsePValue(Wins, Losses) : 1 - PairedProportions.NonInferiorityPValue(Wins, Losses, Count, tolerance);
        var differences = Differences();
        var mean = differences.Average();
        var variance = differences.Sum(d => (d - mean) * (d - mean)) / Math.Max(1, Count - 1);
        if (variance <= 0) return mean < -tolerance ? Math.Pow(0.5, Count) : 1;
        return StudentT.Cdf((mean + tolerance) / Math.Sqrt(variance / Count), Count - 1);
    }

    /// <summary>One-sided lower bound of the candidate's mean score.</summary>
    public double CandidateLower(double alpha)
    {
        if (Count == 0) return 0;
        var plain = _items.All(i => i.Item.Stratum == ItemStratum.Uniform);
        if (plain && IsBinary) return Wilson.Lower((long)Math.Round(_items.Sum(i => i.Item.Candidate.Score)), Count, alpha) ?? 0;
        if (Variance() is not { } variance) return 0;
        return IsBinary
            ? Wilson.LowerOfEstimate(CandidateMean, EffectiveItems, alpha) ?? 0
            : CandidateMean - (Normal.Quantile(1 - alpha) * Math.Sqrt(variance));
    }

    /// <summary>How many wholly labelled items would tell the candidate's score as precisely.</summary>
    public double EffectiveItems
    {
        get
        {
            if (Count == 0 || Variance() is not { } variance) return 0;
            if (_items.All(i => i.Item.Stratum == ItemStratum.Uniform)) return Count;
            var spread = _items.Sum(i => i.Weight * (i.Item.Candidate.Score - CandidateMean) * (i.Item.Candidate.Score - CandidateMean)) / _items.Sum(i => i.Weight);
            var smoothed = IsBinary ? TwoPhaseMean.SmoothedVariance((long)Math.Round(CandidateMean * Count), Count) : spread;
            return variance <= 0 ? _items.Count : Math.Clamp(smoothed / variance, 1, Count);
        }
    }

    /// <summary>The share of items on which the two differ: what the power of a paired test depends on.</summary>
    public double Discordant => Count == 0 ? 0 : (Wins + Losses) / (double)Count;

    private double Mean(Func<ItemScore, double> score)
    {
        var total = _items.Sum(i => i.Weight);
        return total == 0 ? 0 : _items.Sum(i => i.Weight * score(i.Item)) / total;
    }

    /// <summary>Of each item that the comparison rests on, what the candidate gains; 0 where both answer alike.</summary>
    private double[] Differences()
    {
        var all = new double[Count];
        var place = 0;
        foreach (var (item, _) in _items.Where(i => i.Item.Stratum != ItemStratum.Agrees)) all[place++] = item.Candidate.Score - item.Champion.Score;
        return all;
    }

    /// <summary>Of the candidate's mean; null where a part of the sample has no label.</summary>
    private double? Variance() => TwoPhaseMean.Of([.. _items.GroupBy(i => i.Item.Stratum).Select(part =>
    {
        var scores = part.Select(i => i.Item.Candidate.Score).ToList();
        var mean = scores.Average();
        var variance = IsBinary
            ? TwoPhaseMean.SmoothedVariance((long)Math.Round(scores.Sum()), scores.Count)
            : scores.Sum(s => (s - mean) * (s - mean)) / Math.Max(1, scores.Count - 1);
        return new MeasuredStratum((int)Math.Round(part.Sum(i => i.Weight)), scores.Count, mean, variance);
    })])?.Variance;
}
