namespace SelfImprove.Statistics.Drift;

/// <summary>Settings of <see cref="PageHinkley"/>.</summary>
/// <param name="MinimumObservations">No alarm before this many observations.</param>
/// <param name="Delta">Change that is tolerated, in units of the observations, at least 0.</param>
/// <param name="Threshold">Cumulative deviation that raises the alarm (lambda), above 0.</param>
/// <param name="Alpha">Forgetting factor of the cumulative sums, in (0, 1].</param>
/// <param name="Direction">Which changes count.</param>
public sealed record PageHinkleyOptions(
    int MinimumObservations = 30, double Delta = 0.005, double Threshold = 50, double Alpha = 0.9999, DriftDirection Direction = DriftDirection.Both);

/// <summary>State of <see cref="PageHinkley"/>.</summary>
/// <param name="Count">Observations since the last start.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Increase">Cumulative sum that rises with the mean.</param>
/// <param name="Decrease">Cumulative sum that falls with the mean.</param>
/// <param name="LeastIncrease">Its least value so far; null before the first observation.</param>
/// <param name="GreatestDecrease">The greatest value of the other sum so far, at least -1.</param>
/// <param name="InDrift">Whether the last observation raised the alarm.</param>
public sealed record PageHinkleyState(long Count, double Mean, double Increase, double Decrease, double? LeastIncrease, double GreatestDecrease, bool InDrift);

/// <summary>
/// The Page-Hinkley test for a change of a mean. Page, "Continuous inspection schemes", 1954; with forgetting as in Gama, Sebastiao and Rodrigues 2013.
/// </summary>
public sealed class PageHinkley : IDriftDetector
{
    private readonly PageHinkleyOptions _options;
    private long _count;
    private double _mean, _increase, _decrease, _least = double.PositiveInfinity, _greatest = -1;

    /// <summary>Starts afresh, or from a stored state.</summary>
    public PageHinkley(PageHinkleyOptions? options = null, PageHinkleyState? state = null)
    {
        _options = options ?? new PageHinkleyOptions();
        Require.Positive(_options.Threshold);
        Require.NonNegative(_options.Delta);
        if (!(_options.Alpha is > 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(options), _options.Alpha, "Alpha must be above 0 and at most 1.");
        if (state is null) return;
        (_count, _mean, _increase, _decrease, _greatest, InDrift) =
            (state.Count, state.Mean, state.Increase, state.Decrease, state.GreatestDecrease, state.InDrift);
        _least = state.LeastIncrease ?? double.PositiveInfinity;
    }

    /// <summary>Whether the last observation raised the alarm.</summary>
    public bool InDrift { get; private set; }

    /// <summary>Current state, for storing.</summary>
    public PageHinkleyState ToState() => new(_count, _mean, _increase, _decrease, double.IsInfinity(_least) ? null : _least, _greatest, InDrift);

    /// <inheritdoc/>
    public DriftLevel Update(double value)
    {
        Require.Finite(value);
        if (InDrift) (_count, _mean, _increase, _decrease, _least, _greatest, InDrift) = (0, 0, 0, 0, double.PositiveInfinity, -1, false);
        _count++;
        _mean += (value - _mean) / _count;
        var deviation = value - _mean;
        _increase = _options.Alpha * _increase + deviation - _options.Delta;
        _decrease = _options.Alpha * _decrease + deviation + _options.Delta;
        _least = Math.Min(_least, _increase);
        _greatest = Math.Max(_greatest, _decrease);
        if (_count < _options.MinimumObservations) return DriftLevel.None;
        var up = _options.Direction != DriftDirection.Down && _increase - _least > _options.Threshold;
        var down = _options.Direction != DriftDirection.Up && _greatest - _decrease > _options.Threshold;
        InDrift = up || down;
        return InDrift ? DriftLevel.Drift : DriftLevel.None;
    }
}
