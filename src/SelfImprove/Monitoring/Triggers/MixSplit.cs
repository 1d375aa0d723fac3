using SelfImprove.Monitoring.Signals;

namespace SelfImprove.Monitoring.Triggers;

/// <summary>
/// A change of mean reward in two parts: other inputs came (the mix of decisions), and answers within each became better or worse. Kitagawa, "Components of a difference between two
/// rates", 1955. What came before is all that was judged before the window.
/// </summary>
/// <param name="Mix">The part of the change that the mix explains.</param>
/// <param name="Within">The rest.</param>
internal sealed record MixSplit(double Mix, double Within)
{
    private const string Prefix = "decision=";
    private const int FewestBefore = 50;
    private const int FewestNow = 30;
    // A decision seen a few times has the mean of all, nearly.
    private const double Shrink = 5;
    private const double Noticed = 0.01;

    /// <summary>Splits the change of the last judged tasks against all before them; null where either are too few.</summary>
    public static MixSplit? Of(VersionSignals champion, int last)
    {
        var window = champion.Recent.TakeLast(last).ToList();
        var (nowCount, beforeCount) = (window.Count, champion.Judged - window.Count);
        if (nowCount < FewestNow || beforeCount < FewestBefore) return null;
        var (nowSum, beforeSum) = (window.Sum(r => r.Reward), champion.RewardSum - window.Sum(r => r.Reward));
        var (nowMean, beforeMean) = (nowSum / nowCount, beforeSum / beforeCount);
        var now = window.GroupBy(r => r.Decision, StringComparer.Ordinal).ToDictionary(g => g.Key, g => (Count: (double)g.Count(), Sum: g.Sum(r => r.Reward)), StringComparer.Ordinal);
        var names = champion.Slices.Keys.Where(k => k.StartsWith(Prefix, StringComparison.Ordinal)).Select(k => k[Prefix.Length..]).Union(now.Keys, StringComparer.Ordinal);
        var mix = 0.0;
        foreach (var name in names)
        {
            var (count, sum) = now.GetValueOrDefault(name);
            var all = champion.Slices.GetValueOrDefault(Prefix + name);
            var (past, pastSum) = (Math.Max(0, (all?.Judged ?? 0) - count), Math.Max(0, (all?.RewardSum ?? 0) - sum));
            // Against the means of all, so that what is nowhere else to be seen counts for nothing.
            var usual = (((pastSum + (Shrink * beforeMean)) / (past + Shrink)) - beforeMean + ((sum + (Shrink * nowMean)) / (count + Shrink)) - nowMean) / 2;
            mix += ((count / nowCount) - (past / beforeCount)) * usual;
        }
        return new MixSplit(mix, nowMean - beforeMean - mix);
    }

    /// <summary>The parts, as figures of a decision.</summary>
    public void AddTo(Dictionary<string, double> numbers) => (numbers["mixPart"], numbers["withinPart"]) = (Mix, Within);

    /// <summary>A sentence, where the mix has changed; empty otherwise.</summary>
    public string Words() => Math.Abs(Mix) < Noticed
        ? ""
        : FormattableString.Invariant($" Of the change of {Mix + Within:+0.000;-0.000}, {Mix:+0.000;-0.000} comes of a changed mix of inputs, {Within:+0.000;-0.000} from within them.");
}
