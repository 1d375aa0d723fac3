using SelfImprove.Deployment.Experiments;
using SelfImprove.Statistics.Sequential;

namespace SelfImprove.Testing.Rollouts;

/// <summary>
/// Analyses with one known mistake each, and otherwise as careful as the product's. A scenario whose bound such an analysis keeps would prove nothing.
/// </summary>
/// <param name="flaw">The mistake.</param>
/// <param name="minKeys">The least number of callers a side.</param>
public sealed class FlawedAnalysis(FlawedAnalysis.Flaw flaw, int minKeys = 50) : IControlAnalysis
{
    private readonly AsymptoticConfidenceSequence _sequence = new(0.05, ExperimentRules.TunedFor);
    private readonly Dictionary<string, (double Sum, int Count)> _keys = new(StringComparer.Ordinal);
    private readonly HashSet<string>[] _callers = [new(StringComparer.Ordinal), new(StringComparer.Ordinal)];
    private readonly int[] _counts = new int[2];
    private readonly double[] _sums = new double[2];
    private readonly double[] _inverse = new double[2];
    private double _score, _squares, _baseline = 0.5;
    private double _grouped, _products, _sizes;
    private int _n;

    /// <summary>What is wrong.</summary>
    public enum Flaw
    {
        /// <summary>The difference of the arms' plain means: a drift while the share changes is taken for a difference.</summary>
        PooledMeans,

        /// <summary>Requests of one caller are taken for independent ones.</summary>
        Unclustered,

        /// <summary>The variance as observed, without pseudo-counts.</summary>
        RawVariance,

        /// <summary>A plain test at 1.96 standard errors, looked at again and again.</summary>
        FixedSampleTest,
    }

    public void Fold(in ExperimentObservation o)
    {
        var arm = o.Challenger ? 1 : 0;
        _callers[arm].Add(o.Key);
        if (o.Reward is not { } y) return;
        var inverse = 1 / (o.Challenger ? o.Share : 1 - o.Share);
        var score = (o.Challenger ? y - _baseline : _baseline - y) * inverse;
        (_n, _score, _squares) = (_n + 1, _score + score, _squares + score * score);
        var (sum, count) = _keys.GetValueOrDefault(o.Key);
        _grouped += (sum + score) * (sum + score) - sum * sum;
        _products += (sum + score) * (count + 1) - sum * count;
        _sizes += 2 * count + 1;
        _keys[o.Key] = (sum + score, count + 1);
        (_counts[arm], _sums[arm], _inverse[arm]) = (_counts[arm] + 1, _sums[arm] + y, _inverse[arm] + inverse);
        _baseline += Math.Max(1.0 / (_n + 1), 1.0 / 200) * (y - _baseline);
    }

    public ExperimentDecision Decide(DateTimeOffset now)
    {
        if (_counts.Min() < 30 || _callers.Min(c => c.Count) < minKeys) return ExperimentDecision.KeepWaiting;
        var pooled = flaw is Flaw.PooledMeans or Flaw.FixedSampleTest;
        var mean = pooled ? _sums[1] / _counts[1] - _sums[0] / _counts[0] : _score / _n;
        var variance = pooled ? _n * (Padded(0) / _counts[0] + Padded(1) / _counts[1]) : ScoreVariance(mean);
        var half = flaw == Flaw.FixedSampleTest ? 1.96 * Math.Sqrt(variance / _n) : _sequence.HalfWidth(_n, variance, oneSided: false) ?? 2;
        return mean - half > 0 ? ExperimentDecision.Promote : mean + half < 0 ? ExperimentDecision.RollBack : ExperimentDecision.KeepWaiting;
    }

    private double ScoreVariance(double mean)
    {
        var total = _squares - _n * mean * mean;
        if (flaw != Flaw.Unclustered) total = Math.Max(total, _grouped - 2 * mean * _products + mean * mean * _sizes);
        if (flaw != Flaw.RawVariance) total += Surplus(0) + Surplus(1);
        return Math.Max(0, total) / _n;
    }

    private double Surplus(int arm)
    {
        var (rate, weight) = (_sums[arm] / _counts[arm], _inverse[arm] / _counts[arm]);
        return _counts[arm] * Math.Max(0, Padded(arm) - rate * (1 - rate)) * weight * weight;
    }

    private double Padded(int arm)
    {
        var rate = (_sums[arm] + 4) / (_counts[arm] + 8);
        return rate * (1 - rate);
    }
}
