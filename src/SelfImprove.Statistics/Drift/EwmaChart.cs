namespace SelfImprove.Statistics.Drift;

/// <summary>Settings of <see cref="EwmaChart"/>.</summary>
/// <param name="Alpha">Weight of the newest observation, in (0, 1].</param>
/// <param name="Threshold">Half-width of the control band in standard deviations of the weighted mean, above 0.</param>
/// <param name="MinimumObservations">No alarm before this many observations.</param>
/// <param name="Direction">Which changes count.</param>
public sealed record EwmaChartOptions(double Alpha = 0.1, double Threshold = 4, int MinimumObservations = 50, DriftDirection Direction = DriftDirection.Both);

/// <summary>State of <see cref="EwmaChart"/>.</summary>
/// <param name="Count">Observations since the last start.</param>
/// <param name="Mean">Their plain mean: the centre of the band.</param>
/// <param name="Weighted">Their exponentially weighted mean.</param>
/// <param name="WeightedVariance">Exponentially weighted variance of one observation.</param>
/// <param name="InDrift">Whether the last observation raised the alarm.</param>
public sealed record EwmaChartState(long Count, double Mean, double Weighted, double WeightedVariance, bool InDrift);

/// <summary>
/// The exponentially weighted moving-average chart: alarm when the weighted mean leaves the long-run mean by more than L sigma sqrt(alpha / (2 - alpha)),
/// sigma from the weighted variance
/// so that it follows the present (Roberts, "Control chart tests based on geometric moving averages", 1959).
/// </summary>
public sealed class EwmaChart : IDriftDetector
{
    private readonly EwmaChartOptions _options;
    private long _count;
    private double _mean, _weighted, _variance;

    /// <summary>Starts afresh, or from a stored state.</summary>
    public EwmaChart(EwmaChartOptions? options = null, EwmaChartState? state = null)
    {
        _options = options ?? new EwmaChartOptions();
        if (!(_options.Alpha is > 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(options), _options.Alpha, "Alpha must be above 0 and at most 1.");
        Require.Positive(_options.Threshold);
        if (state is not null)
            (_count, _mean, _weighted, _variance, InDrift) = (state.Count, state.Mean, state.Weighted, state.WeightedVariance, state.InDrift);
    }

    /// <summary>Whether the last observation raised the alarm.</summary>
    public bool InDrift { get; private set; }

    /// <summary>Current state, for storing.</summary>
    public EwmaChartState ToState() => new(_count, _mean, _weighted, _variance, InDrift);

    /// <inheritdoc/>
    public DriftLevel Update(double value)
    {
        Require.Finite(value);
        if (InDrift) (_count, _mean, _weighted, _variance, InDrift) = (0, 0, 0, 0, false);
        _count++;
        _mean += (value - _mean) / _count;
        if (_count == 1)
        {
            _weighted = value;
            return DriftLevel.None;
        }
        var alpha = _options.Alpha;
        var step = value - _weighted;
        _variance = (1 - alpha) * (_variance + alpha * step * step);
        _weighted += alpha * step;
        if (_count < _options.MinimumObservations) return DriftLevel.None;
        var band = _options.Threshold * Math.Sqrt(_variance * alpha / (2 - alpha));
        var distance = _weighted - _mean;
        InDrift = (_options.Direction != DriftDirection.Down && distance > band) || (_options.Direction != DriftDirection.Up && -distance > band);
        return InDrift ? DriftLevel.Drift : DriftLevel.None;
    }
}
