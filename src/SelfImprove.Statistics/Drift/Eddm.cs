namespace SelfImprove.Statistics.Drift;

/// <summary>Settings of <see cref="Eddm"/>.</summary>
/// <param name="WarmStart">No judgement before this many errors.</param>
/// <param name="Alpha">Ratio to the best level below which it warns, in (0, 1).</param>
/// <param name="Beta">Ratio to the best level below which it is a drift, at most <paramref name="Alpha"/>.</param>
public sealed record EddmOptions(int WarmStart = 30, double Alpha = 0.95, double Beta = 0.9);

/// <summary>State of <see cref="Eddm"/>.</summary>
/// <param name="Count">Observations since the last start.</param>
/// <param name="LastError">Which of them was the last error; 0 before the first.</param>
/// <param name="Distances">Moments of the distances between errors.</param>
/// <param name="Greatest">Greatest mean plus two deviations so far.</param>
/// <param name="InWarning">Whether the last error warned.</param>
/// <param name="InDrift">Whether the last observation was a drift.</param>
public sealed record EddmState(long Count, long LastError, Moments.RunningMoments Distances, double Greatest, bool InWarning, bool InDrift);

/// <summary>
/// The early drift detection method for a stream of errors (1) and successes (0): errors that come closer together than at their best.
/// Baena-Garcia et al., "Early drift detection method", 2006: drift when (p' + 2 s') / max(p' + 2 s') falls below beta. Quick on gradual drifts, with many
/// false alarms.
/// </summary>
public sealed class Eddm : IDriftDetector
{
    private readonly EddmOptions _options;
    private EddmState _state;

    /// <summary>Starts afresh, or from a stored state.</summary>
    public Eddm(EddmOptions? options = null, EddmState? state = null)
    {
        _options = options ?? new EddmOptions();
        Require.AtLeast(_options.WarmStart, 1);
        Require.Fraction(_options.Alpha);
        if (!(_options.Beta > 0 && _options.Beta <= _options.Alpha))
            throw new ArgumentOutOfRangeException(nameof(options), _options.Beta, "Beta must be above 0 and at most Alpha.");
        _state = state ?? Fresh();
    }

    /// <summary>Whether the last observation was a drift.</summary>
    public bool InDrift => _state.InDrift;

    /// <summary>Current state, for storing.</summary>
    public EddmState ToState() => _state;

    /// <summary>Takes 1 for an error, 0 for a success.</summary>
    public DriftLevel Update(double value)
    {
        if (value is not (0 or 1)) throw new ArgumentOutOfRangeException(nameof(value), value, "An observation is 0 (success) or 1 (error).");
        if (_state.InDrift) _state = Fresh();
        var count = _state.Count + 1;
        if (value == 0)
        {
            _state = _state with { Count = count };
            return _state.InWarning ? DriftLevel.Warning : DriftLevel.None;
        }
        var distances = _state.Distances.Add(count - _state.LastError);
        _state = _state with { Count = count, LastError = count, Distances = distances, InWarning = false };
        if (distances.Count < _options.WarmStart) return DriftLevel.None;
        var level = distances.Mean + 2 * Math.Sqrt(distances.SumOfSquares / distances.Count);
        if (level > _state.Greatest)
        {
            _state = _state with { Greatest = level };
            return DriftLevel.None;
        }
        var ratio = level / _state.Greatest;
        _state = _state with { InDrift = ratio < _options.Beta, InWarning = ratio < _options.Alpha };
        return _state.InDrift ? DriftLevel.Drift : _state.InWarning ? DriftLevel.Warning : DriftLevel.None;
    }

    private static EddmState Fresh() => new(0, 0, new Moments.RunningMoments(), 0, false, false);
}
