namespace SelfImprove.Monitoring.Aggregation;

/// <summary>
/// A quantile sketch with logarithmic buckets (DDSketch: Masson, Rim, Lee 2019, section 2): any quantile to within 2%
/// of its value, between 0.01 ms and about 3 hours, in at most some 520 buckets. Adding and merging in any order gives the same.
/// </summary>
internal sealed class LatencySketch
{
    private const double Accuracy = 0.02;
    private const double Gamma = (1 + Accuracy) / (1 - Accuracy);
    private const double Smallest = 0.01;
    private const double Largest = 1e7;
    private static readonly double LogGamma = Math.Log(Gamma);
    private long[] _counts = [];
    private long _total;

    public void Add(double value, long count = 1)
    {
        if (double.IsNaN(value)) return;
        AddBucket((int)Math.Ceiling(Math.Log(Math.Clamp(value, Smallest, Largest) / Smallest) / LogGamma), count);
    }

    public double? Quantile(double share)
    {
        if (_total == 0) return null;
        var rank = (long)Math.Floor(share * (_total - 1));
        for (var i = 0; i < _counts.Length; i++)
            if ((rank -= _counts[i]) < 0)
                return Smallest * 2 * Math.Pow(Gamma, i) / (Gamma + 1);
        return null;
    }

    /// <summary>Bucket and count by turns, non-empty ones only.</summary>
    public long[] Save()
    {
        var pairs = new List<long>();
        for (var i = 0; i < _counts.Length; i++)
            if (_counts[i] > 0)
                pairs.AddRange([i, _counts[i]]);
        return [.. pairs];
    }

    public void Load(long[] pairs)
    {
        for (var i = 0; i + 1 < pairs.Length; i += 2) AddBucket((int)pairs[i], pairs[i + 1]);
    }

    private void AddBucket(int bucket, long count)
    {
        if (bucket >= _counts.Length) Array.Resize(ref _counts, bucket + 16);
        _counts[bucket] += count;
        _total += count;
    }
}
