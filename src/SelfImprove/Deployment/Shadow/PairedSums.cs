using SelfImprove.Deployment.Experiments;

namespace SelfImprove.Deployment.Shadow;

/// <summary>
/// The difference of one measure between challenger and champion on the same requests, folded one pair at a time: paired, so what makes a request hard or easy
/// cancels out.
/// </summary>
public sealed class PairedSums : ClusteredSums
{
    /// <summary>The champion's values.</summary>
    public ArmSums Champion { get; set; } = new();

    /// <summary>The challenger's values.</summary>
    public ArmSums Challenger { get; set; } = new();

    /// <summary>Pairs whose challenger has the larger value.</summary>
    public int More { get; set; }

    /// <summary>Pairs whose champion has it.</summary>
    public int Less { get; set; }

    internal void Add(int group, double champion, double challenger)
    {
        Champion.Add(champion, 1);
        Challenger.Add(challenger, 1);
        if (challenger > champion) More++;
        else if (challenger < champion) Less++;
        Score(group, challenger - champion);
    }

    /// <summary>The variance of one difference: n times the squared standard error of their mean.</summary>
    /// <param name="pseudoCounts">
    /// Whether differences lie in [-1,1]: then 4 of +1 and 4 of -1 are added, for with few pairs that differ the raw variance is too small, and the bound with it.
    /// </param>
    internal double Variance(bool pseudoCounts)
    {
        if (Count < 2) return 0;
        var total = Spread();
        if (pseudoCounts)
        {
            var raw = Squares / Count - Difference * Difference;
            var mean = Sum / (Count + 8);
            total += Count * Math.Max(0, (Squares + 8) / (Count + 8) - mean * mean - raw);
        }
        return Math.Max(0, total) / Count;
    }
}
