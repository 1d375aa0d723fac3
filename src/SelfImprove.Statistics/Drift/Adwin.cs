namespace SelfImprove.Statistics.Drift;

/// <summary>Settings of <see cref="Adwin"/>.</summary>
/// <param name="Delta">Confidence of a cut, in (0, 1): smaller means fewer false alarms.</param>
/// <param name="Clock">Observations between two tests for a cut, at least 1.</param>
/// <param name="MaximumBuckets">Buckets of one size before two are merged, at least 1.</param>
/// <param name="MinimumWindow">Observations each part of a cut must have, at least 1.</param>
/// <param name="GracePeriod">No test up to this many observations.</param>
public sealed record AdwinOptions(double Delta = 0.002, int Clock = 32, int MaximumBuckets = 5, int MinimumWindow = 5, int GracePeriod = 10);

/// <summary>One bucket of <see cref="Adwin"/>'s window.</summary>
/// <param name="Total">Sum of its observations.</param>
/// <param name="SumOfSquares">Sum of their squared deviations from the bucket's mean.</param>
public readonly record struct AdwinBucket(double Total, double SumOfSquares);

/// <summary>State of <see cref="Adwin"/>.</summary>
/// <param name="Ticks">Observations since the last start.</param>
/// <param name="Width">Observations in the window.</param>
/// <param name="Total">Their sum.</param>
/// <param name="SumOfSquares">Sum of their squared deviations from the window's mean.</param>
/// <param name="Rows">Buckets by size: row i holds buckets of 2^i observations, oldest first.</param>
/// <param name="InDrift">Whether the last observation led to a cut.</param>
public sealed record AdwinState(long Ticks, double Width, double Total, double SumOfSquares, IReadOnlyList<IReadOnlyList<AdwinBucket>> Rows, bool InDrift);

/// <summary>
/// Adaptive windowing: a window that drops its older part when the means of two parts differ by more than chance allows, kept in buckets of exponentially
/// growing size.
/// Bifet and Gavalda, "Learning from time-changing data with adaptive windowing", 2007, with the variance-based cut of their section 4.
/// </summary>
public sealed class Adwin : IDriftDetector
{
    private readonly AdwinOptions _options;
    private readonly List<List<AdwinBucket>> _rows = [];
    private long _ticks;
    private double _width, _total, _squares;

    /// <summary>Starts afresh, or from a stored state.</summary>
    public Adwin(AdwinOptions? options = null, AdwinState? state = null)
    {
        _options = options ?? new AdwinOptions();
        Require.Fraction(_options.Delta);
        Require.AtLeast(_options.Clock, 1);
        Require.AtLeast(_options.MaximumBuckets, 1);
        Require.AtLeast(_options.MinimumWindow, 1);
        if (state is not null)
        {
            (_ticks, _width, _total, _squares, InDrift) = (state.Ticks, state.Width, state.Total, state.SumOfSquares, state.InDrift);
            _rows.AddRange(state.Rows.Select(row => row.ToList()));
        }
        if (_rows.Count == 0) _rows.Add([]);
    }

    /// <summary>Whether the last observation led to a cut.</summary>
    public bool InDrift { get; private set; }

    /// <summary>Observations in the window.</summary>
    public long Width => (long)_width;

    /// <summary>Mean of the window; null while it is empty.</summary>
    public double? Mean => _width == 0 ? null : _total / _width;

    /// <summary>Current state, for storing.</summary>
    public AdwinState ToState() => new(_ticks, _width, _total, _squares, [.. _rows.Select(row => row.ToArray())], InDrift);

    /// <inheritdoc/>
    public DriftLevel Update(double value)
    {
        Require.Finite(value);
        if (InDrift) Reset();
        Insert(value);
        _ticks++;
        if (_ticks % _options.Clock == 0 && _width > _options.GracePeriod)
            while (TryCut()) InDrift = true;
        return InDrift ? DriftLevel.Drift : DriftLevel.None;
    }

    private void Reset()
    {
        _rows.Clear();
        _rows.Add([]);
        (_ticks, _width, _total, _squares, InDrift) = (0, 0, 0, 0, false);
    }

    private void Insert(double value)
    {
        _rows[0].Add(new AdwinBucket(value, 0));
        _width++;
        if (_width > 1)
        {
            var distance = value - _total / (_width - 1);
            _squares += (_width - 1) * distance * distance / _width;
        }
        _total += value;
        for (var i = 0; i < _rows.Count && _rows[i].Count > _options.MaximumBuckets; i++) Merge(i);
    }

    // The two oldest buckets of a full row become one of the next.
    private void Merge(int row)
    {
        if (row + 1 == _rows.Count) _rows.Add([]);
        var size = Math.Pow(2, row);
        var (first, second) = (_rows[row][0], _rows[row][1]);
        var gap = (first.Total - second.Total) / size;
        _rows[row + 1].Add(new AdwinBucket(first.Total + second.Total, first.SumOfSquares + second.SumOfSquares + size * gap * gap / 2));
        _rows[row].RemoveRange(0, 2);
    }

    // Tries each border between buckets, oldest first; on the first cut found, drops the oldest bucket.
    private bool TryCut()
    {
        double oldCount = 0, oldTotal = 0;
        for (var row = _rows.Count - 1; row >= 0; row--)
        {
            var size = Math.Pow(2, row);
            for (var k = 0; k < _rows[row].Count; k++)
            {
                oldCount += size;
                oldTotal += _rows[row][k].Total;
                if (row == 0 && k == _rows[row].Count - 1) return false;
                var newCount = _width - oldCount;
                if (newCount < _options.MinimumWindow || oldCount < _options.MinimumWindow) continue;
                if (!IsCut(oldCount, newCount, oldTotal / oldCount - (_total - oldTotal) / newCount)) continue;
                DropOldest();
                return true;
            }
        }
        return false;
    }

    private bool IsCut(double oldCount, double newCount, double difference)
    {
        var confidence = Math.Log(2 * Math.Log(_width) / _options.Delta);
        var harmonic = 1 / (oldCount - _options.MinimumWindow + 1) + 1 / (newCount - _options.MinimumWindow + 1);
        var variance = Math.Max(0, _squares / _width);
        return Math.Abs(difference) > Math.Sqrt(2 * harmonic * variance * confidence) + 2.0 / 3 * confidence * harmonic;
    }

    private void DropOldest()
    {
        var row = _rows[^1];
        var size = Math.Pow(2, _rows.Count - 1);
        var oldest = row[0];
        _width -= size;
        _total -= oldest.Total;
        var gap = oldest.Total / size - _total / _width;
        _squares -= oldest.SumOfSquares + size * _width * gap * gap / (size + _width);
        row.RemoveAt(0);
        while (_rows.Count > 1 && _rows[^1].Count == 0) _rows.RemoveAt(_rows.Count - 1);
    }
}
