namespace SelfImprove.Statistics.Drift;

/// <summary>Settings of <see cref="Ddm"/>.</summary>
/// <param name="WarmStart">No judgement up to this many observations.</param>
/// <param name="WarningThreshold">Standard deviations above the best level that warn.</param>
/// <param name="DriftThreshold">Standard deviations above the best level that are a drift.</param>
public sealed record DdmOptions(int WarmStart = 30, double WarningThreshold = 2, double DriftThreshold = 3);

/// <summary>State of <see cref="Ddm"/>.</summary>
/// <param name="Count">Observations since the last start.</param>
/// <param name="Errors">Errors among them.</param>
/// <param name="LeastRate">Error rate when rate plus deviation was least; null before the warm start ends.</param>
/// <param name="LeastDeviation">Its deviation then.</param>
/// <param name="InDrift">Whether the last observation was a drift.</param>
public sealed record DdmState(long Count, double Errors, double? LeastRate, double LeastDeviation, bool InDrift);

/// <summary>
/// The drift detection method for a stream of errors (1) and successes (0): Gama, Medas, Castillo and Rodrigues, "Learning with drift detection", 2004.
/// </summary>
public sealed class Ddm : IDriftDetector
{
    private readonly DdmOptions _options;
    private long _count;
    private double _errors, _leastDeviation;
    private double? _leastRate;

    /// <summary>Starts afresh, or from a stored state.</summary>
    public Ddm(DdmOptions? options = null, DdmState? state = null)
    {
        _options = options ?? new DdmOptions();
        Require.AtLeast(_options.WarmStart, 1);
        Require.Positive(_options.WarningThreshold);
        Require.Positive(_options.DriftThreshold);
        if (state is not null)
            (_count, _errors, _leastRate, _leastDeviation, InDrift) = (state.Count, state.Errors, state.LeastRate, state.LeastDeviation, state.InDrift);
    }

    /// <summary>Whether the last observation was a drift.</summary>
    public bool InDrift { get; private set; }

    /// <summary>Current state, for storing.</summary>
    public DdmState ToState() => new(_count, _errors, _leastRate, _leastDeviation, InDrift);

    /// <summary>Takes 1 for an error, 0 for a success; numbers between count as partial errors.</summary>
    public DriftLevel Update(double value)
    {
        Require.Rate(value);
        if (InDrift) (_count, _errors, _leastRate, _leastDeviation, InDrift) = (0, 0, null, 0, false);
        _count++;
        _errors += value;
        if (_count <= _options.WarmStart) return DriftLevel.None;
        var rate = _errors / _count;
        var deviation = Math.Sqrt(Math.Max(0, rate * (1 - rate)) / _count);
        if (_leastRate is not { } least || rate + deviation <= least + _leastDeviation) (_leastRate, _leastDeviation) = (rate, deviation);
        var level = rate + deviation;
        InDrift = level > _leastRate + _options.DriftThreshold * _leastDeviation;
        return InDrift ? DriftLevel.Drift : level > _leastRate + _options.WarningThreshold * _leastDeviation ? DriftLevel.Warning : DriftLevel.None;
    }
}
