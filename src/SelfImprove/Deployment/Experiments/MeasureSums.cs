using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using SelfImprove.Statistics.Sequential;

namespace SelfImprove.Deployment.Experiments;

/// <summary>
/// The difference of one measure between challenger and champion, folded one request at a time. Each request gives the
/// inverse-propensity score A(y-m)/p - (1-A)(y-m)/(1-p): A tells the arm, p is the challenger's probability at that request, and m is
/// a baseline made of earlier requests alone. Its expectation is the difference whatever p and m were, so neither a ramped share nor a
/// drifting reward biases the mean (Horvitz and Thompson 1952; centring: augmented form with a common regression, Robins,
/// Rotnitzky and Zhao 1994). The variance is that of sums by caller, callers gathered in <see cref="Clusters"/> groups by hash: a coarser grouping
/// is as valid, and bounds the state (Liang and Zeger 1986).
/// </summary>
public sealed class MeasureSums
{
    /// <summary>How many groups callers are gathered in.</summary>
    public const int Clusters = 1_024;

    /// <summary>The baseline follows the last requests with this weight, once there are as many.</summary>
    private const double BaselineWeight = 1.0 / 200;

    private double[] _scores = new double[Clusters];
    private double[] _counts = new double[Clusters];

    /// <summary>Requests scored.</summary>
    public int Count { get; set; }

    /// <summary>Sum of the scores.</summary>
    public double Sum { get; set; }

    /// <summary>Sum of the squared scores.</summary>
    public double Squares { get; set; }

    /// <summary>Sum over groups of (sum of scores) squared.</summary>
    public double GroupSquares { get; set; }

    /// <summary>Sum over groups of (sum of scores) x (requests).</summary>
    public double GroupProducts { get; set; }

    /// <summary>Sum over groups of requests squared.</summary>
    public double GroupCounts { get; set; }

    /// <summary>The baseline: a running mean of earlier values; null before the first where none was given.</summary>
    public double? Baseline { get; set; }

    /// <summary>How many values made the baseline.</summary>
    public int BaselineCount { get; set; }

    /// <summary>The champion's values.</summary>
    public ArmSums Champion { get; set; } = new();

    /// <summary>The challenger's values.</summary>
    public ArmSums Challenger { get; set; } = new();

    /// <summary>Sum of scores by group: little-endian doubles.</summary>
    public byte[] GroupScores
    {
        get => Pack(_scores);
        set => _scores = Unpack(value);
    }

    /// <summary>Requests by group: little-endian doubles.</summary>
    public byte[] GroupSizes
    {
        get => Pack(_counts);
        set => _counts = Unpack(value);
    }

    /// <summary>The estimated difference, challenger minus champion; 0 before the first request.</summary>
    [JsonIgnore]
    public double Difference => Count == 0 ? 0 : Sum / Count;

    /// <summary>Folds one request. The first one of a measure without a given baseline only makes the baseline.</summary>
    /// <param name="group">The caller's group, below <see cref="Clusters"/>.</param>
    /// <param name="challenger">Its arm.</param>
    /// <param name="share">The challenger's probability.</param>
    /// <param name="value">The measured value.</param>
    internal void Add(int group, bool challenger, double share, double value)
    {
        if (Baseline is { } baseline)
        {
            var inverse = 1 / (challenger ? share : 1 - share);
            (challenger ? Challenger : Champion).Add(value, inverse);
            Score(group, (challenger ? value - baseline : baseline - value) * inverse);
        }
        BaselineCount++;
        var weight = Math.Max(1.0 / (BaselineCount + 1), BaselineWeight);
        Baseline = Baseline is { } before ? before + weight * (value - before) : value;
    }

    /// <summary>The variance of one score: n times the squared standard error of <see cref="Difference"/>.</summary>
    /// <param name="pseudoCounts">Whether values are rates in [0,1], to which 4 successes and 4 failures a side are added.</param>
    internal double Variance(bool pseudoCounts)
    {
        if (Count < 2) return 0;
        var mean = Difference;
        var single = Squares - Count * mean * mean;
        var grouped = GroupSquares - 2 * mean * GroupProducts + mean * mean * GroupCounts;
        // Callers whose requests cancel out are luck more often than nature: never less than the variance of single requests.
        var total = Math.Max(single, grouped);
        if (pseudoCounts) total += Champion.PseudoCountSurplus() + Challenger.PseudoCountSurplus();
        return Math.Max(0, total) / Count;
    }

    /// <summary>The difference may be this, at any time, with the sequence's confidence; null with too few requests.</summary>
    internal Statistics.ConfidenceInterval? Interval(AsymptoticConfidenceSequence sequence, bool pseudoCounts) =>
        sequence.TwoSided(Count, Difference, Variance(pseudoCounts));

    private void Score(int group, double score)
    {
        Count++;
        Sum += score;
        Squares += score * score;
        var (s, n) = (_scores[group], _counts[group]);
        GroupSquares += (s + score) * (s + score) - s * s;
        GroupProducts += (s + score) * (n + 1) - s * n;
        GroupCounts += 2 * n + 1;
        _scores[group] = s + score;
        _counts[group] = n + 1;
    }

    private static byte[] Pack(double[] values) => MemoryMarshal.AsBytes<double>(values).ToArray();

    private static double[] Unpack(byte[] bytes)
    {
        if (bytes.Length != Clusters * sizeof(double))
            throw new InvalidDataException($"An experiment's state holds {bytes.Length} bytes of group sums; expected {Clusters * sizeof(double)}.");
        return MemoryMarshal.Cast<byte, double>(bytes).ToArray();
    }
}
