using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace SelfImprove.Deployment.Experiments;

/// <summary>
/// A mean of scores with the variance that holds where a caller's requests resemble each other: that of sums by caller, callers gathered in <see cref="Clusters"/> groups
/// by hash. A coarser grouping is as valid, and bounds the state (Liang and Zeger 1986).
/// </summary>
public abstract class ClusteredSums
{
    /// <summary>How many groups callers are gathered in.</summary>
    public const int Clusters = 1_024;

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

    /// <summary>The squared distance of all scores from their mean, by callers; 0 with fewer than two.</summary>
    private protected double Spread()
    {
        if (Count < 2) return 0;
        var mean = Difference;
        var single = Squares - Count * mean * mean;
        var grouped = GroupSquares - 2 * mean * GroupProducts + mean * mean * GroupCounts;
        // Callers whose requests cancel out are luck more often than nature: never less than the variance of single requests.
        return Math.Max(single, grouped);
    }

    private protected void Score(int group, double score)
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
