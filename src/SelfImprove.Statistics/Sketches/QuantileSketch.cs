namespace SelfImprove.Statistics.Sketches;

/// <summary>
/// Quantiles of a stream in bounded memory: every quantile is within a chosen relative error of a true one. Mergeable: the sketch of two streams is the merge
/// of their sketches,
/// exactly. Masson, Rim and Lee, "DDSketch: a fast and fully-mergeable quantile sketch with relative-error guarantees", 2019; beyond the bin limit the
/// smallest magnitudes
/// are merged, so upper quantiles (latency, cost) keep their guarantee. Not thread-safe.
/// </summary>
public sealed class QuantileSketch
{
    private const double SmallestMagnitude = 1e-12;
    private readonly SortedDictionary<int, long> _positive = [];
    private readonly SortedDictionary<int, long> _negative = [];
    private readonly double _gamma, _logGamma;
    private double _minimum, _maximum;
    private long _zeros;
    private bool _collapsed;

    /// <summary>An empty sketch.</summary>
    /// <param name="relativeError">Wanted relative error, in (0, 1).</param>
    /// <param name="maximumBins">Most bins on each side of 0, at least 16; at an error of .01, 512 span more than four powers of ten.</param>
    public QuantileSketch(double relativeError = 0.01, int maximumBins = 512)
    {
        RelativeError = Require.Fraction(relativeError);
        MaximumBins = Require.AtLeast(maximumBins, 16);
        _gamma = (1 + relativeError) / (1 - relativeError);
        _logGamma = Math.Log(_gamma);
    }

    /// <summary>Guaranteed relative error.</summary>
    public double RelativeError { get; }

    /// <summary>Most bins on each side of 0.</summary>
    public int MaximumBins { get; }

    /// <summary>Number of values added.</summary>
    public long Count { get; private set; }

    /// <summary>Sum of the values.</summary>
    public double Sum { get; private set; }

    /// <summary>Mean of the values; null while empty.</summary>
    public double? Mean => Count == 0 ? null : Sum / Count;

    /// <summary>Restores a sketch.</summary>
    /// <exception cref="ArgumentException">The state is damaged: its lists differ in length or its counts do not add up.</exception>
    public static QuantileSketch From(QuantileSketchState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var sketch = new QuantileSketch(state.RelativeError, state.MaximumBins)
        {
            Count = state.Count,
            Sum = state.Sum,
            _minimum = state.Minimum,
            _maximum = state.Maximum,
            _zeros = state.Zeros,
            _collapsed = state.IsCollapsed,
        };
        Fill(sketch._positive, state.PositiveBins, state.PositiveCounts);
        Fill(sketch._negative, state.NegativeBins, state.NegativeCounts);
        var total = sketch._zeros + sketch._positive.Values.Sum() + sketch._negative.Values.Sum();
        if (total != state.Count)
            throw new ArgumentException($"The sketch's bins hold {total} values but its count says {state.Count}: the state is damaged.", nameof(state));
        return sketch;
    }

    /// <summary>A copy of everything, for storing.</summary>
    public QuantileSketchState ToState() =>
        new(RelativeError, MaximumBins, Count, Sum, _minimum, _maximum, _zeros, [.. _positive.Keys], [.. _positive.Values], [.. _negative.Keys],
            [.. _negative.Values], _collapsed);

    /// <summary>Adds <paramref name="value"/>, finite, <paramref name="count"/> times.</summary>
    public void Add(double value, long count = 1)
    {
        Require.Finite(value);
        if (Require.Count(count) == 0) return;
        _minimum = Count == 0 ? value : Math.Min(_minimum, value);
        _maximum = Count == 0 ? value : Math.Max(_maximum, value);
        Count += count;
        Sum += value * count;
        if (Math.Abs(value) < SmallestMagnitude) _zeros += count;
        else Put(value > 0 ? _positive : _negative, (int)Math.Ceiling(Math.Log(Math.Abs(value)) / _logGamma), count);
    }

    /// <summary>Adds all values of another sketch of the same relative error.</summary>
    public void Merge(QuantileSketch other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.RelativeError != RelativeError)
            throw new ArgumentException($"Sketches of different relative error ({RelativeError} and {other.RelativeError}) have different bins and cannot be merged.", nameof(other));
        if (other.Count == 0) return;
        _minimum = Count == 0 ? other._minimum : Math.Min(_minimum, other._minimum);
        _maximum = Count == 0 ? other._maximum : Math.Max(_maximum, other._maximum);
        Count += other.Count;
        Sum += other.Sum;
        _zeros += other._zeros;
        _collapsed |= other._collapsed;
        foreach (var (bin, count) in other._positive.ToArray()) Put(_positive, bin, count);
        foreach (var (bin, count) in other._negative.ToArray()) Put(_negative, bin, count);
    }

    /// <summary>The value below which a share <paramref name="share"/> in [0, 1] of the values lies; null while empty.</summary>
    public double? Quantile(double share)
    {
        Require.Rate(share);
        if (Count == 0) return null;
        if (share == 0) return _minimum;
        if (share == 1) return _maximum;
        var rank = (long)Math.Floor(share * (Count - 1));
        long below = 0;
        foreach (var (bin, count) in _negative.Reverse())
            if ((below += count) > rank) return Clamp(-Middle(bin));
        if ((below += _zeros) > rank) return Clamp(0);
        foreach (var (bin, count) in _positive)
            if ((below += count) > rank) return Clamp(Middle(bin));
        return _maximum;
    }

    private double Clamp(double value) => Math.Clamp(value, _minimum, _maximum);

    // The point of the bin whose relative distance to both ends is the same.
    private double Middle(int bin) => 2 * Math.Exp(bin * _logGamma) / (_gamma + 1);

    private void Put(SortedDictionary<int, long> bins, int bin, long count)
    {
        bins[bin] = bins.GetValueOrDefault(bin) + count;
        if (bins.Count <= MaximumBins) return;
        _collapsed = true;
        using var lowest = bins.GetEnumerator();
        lowest.MoveNext();
        var (first, firstCount) = lowest.Current;
        lowest.MoveNext();
        var (second, secondCount) = lowest.Current;
        lowest.Dispose();
        bins.Remove(first);
        bins[second] = firstCount + secondCount;
    }

    private static void Fill(SortedDictionary<int, long> bins, IReadOnlyList<int> keys, IReadOnlyList<long> counts)
    {
        Require.SameLength(keys.Count, counts.Count);
        for (var i = 0; i < keys.Count; i++) bins[keys[i]] = Require.Count(counts[i]);
    }
}
