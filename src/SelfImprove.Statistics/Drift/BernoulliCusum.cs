namespace SelfImprove.Statistics.Drift;

/// <summary>Settings of <see cref="BernoulliCusum"/>.</summary>
/// <param name="Threshold">Log-likelihood ratio that raises the alarm, above 0: from <see cref="BernoulliCusumCalibration"/>.</param>
/// <param name="ReferenceSize">Thumbs after a promotion from which the reference rate is learned, then frozen; 300 to 1,000.</param>
/// <param name="Shift">Rise of the error rate that the test is built to find soonest, in (0, 1); smaller rises are found too, later.</param>
public sealed record BernoulliCusumOptions(double Threshold = 6.9, int ReferenceSize = 1_000, double Shift = 0.09)
{
    /// <summary>Throws when a setting is out of range.</summary>
    internal BernoulliCusumOptions Checked()
    {
        Require.Positive(Threshold);
        Require.AtLeast(ReferenceSize, 1);
        Require.Fraction(Shift);
        return this;
    }
}

/// <summary>State of <see cref="BernoulliCusum"/>.</summary>
/// <param name="ReferenceCount">Thumbs in the reference.</param>
/// <param name="ReferenceErrors">Thumbs down among them.</param>
/// <param name="Statistic">Log-likelihood ratio accumulated since it was last 0.</param>
/// <param name="SinceZero">Thumbs since it was last 0: the likeliest moment of the change lies that far back.</param>
/// <param name="InDrift">Whether the last thumb raised the alarm.</param>
public sealed record BernoulliCusumState(long ReferenceCount, long ReferenceErrors, double Statistic, long SinceZero, bool InDrift);

/// <summary>
/// CUSUM of 0/1 feedback against the rate of the first thumbs after a promotion: the quickest test there is for a given false-alarm rate (Moustakides 1986;
/// Reynolds and Stoumbos,
/// "A CUSUM chart for monitoring a proportion when inspecting continuously", 1999). After an alarm the sum starts at 0 again; the reference stays until a new
/// promotion starts a new detector.
/// </summary>
public sealed class BernoulliCusum : IDriftDetector
{
    private readonly BernoulliCusumOptions _options;
    private long _referenceCount, _referenceErrors, _sinceZero;
    private double _statistic, _onError, _onSuccess;

    /// <summary>Starts afresh, or from a stored state.</summary>
    public BernoulliCusum(BernoulliCusumOptions? options = null, BernoulliCusumState? state = null)
    {
        _options = (options ?? new BernoulliCusumOptions()).Checked();
        if (state is null) return;
        (_referenceCount, _referenceErrors, _statistic, _sinceZero, InDrift) =
            (state.ReferenceCount, state.ReferenceErrors, state.Statistic, state.SinceZero, state.InDrift);
        if (_referenceCount >= _options.ReferenceSize) Freeze();
    }

    /// <summary>Whether the last thumb raised the alarm.</summary>
    public bool InDrift { get; private set; }

    /// <summary>Accumulated evidence; the alarm is at <see cref="BernoulliCusumOptions.Threshold"/>.</summary>
    public double Statistic => _statistic;

    /// <summary>Error rate of the reference, half an error and half a success added; null while it is incomplete.</summary>
    public double? ReferenceRate => _referenceCount < _options.ReferenceSize ? null : (_referenceErrors + 0.5) / (_referenceCount + 1);

    /// <summary>Current state, for storing.</summary>
    public BernoulliCusumState ToState() => new(_referenceCount, _referenceErrors, _statistic, _sinceZero, InDrift);

    /// <summary>Takes 1 for an error (thumb down), 0 for a success.</summary>
    public DriftLevel Update(double value) => value is 0 or 1
        ? Update(value == 1)
        : throw new ArgumentOutOfRangeException(nameof(value), value, "An observation is 0 (success) or 1 (error).");

    /// <summary>Takes one thumb; true is an error.</summary>
    public DriftLevel Update(bool error)
    {
        if (InDrift) (InDrift, _statistic, _sinceZero) = (false, 0, 0);
        if (_referenceCount < _options.ReferenceSize)
        {
            _referenceCount++;
            if (error) _referenceErrors++;
            if (_referenceCount == _options.ReferenceSize) Freeze();
            return DriftLevel.None;
        }
        _statistic = Math.Max(0, _statistic + (error ? _onError : _onSuccess));
        _sinceZero = _statistic == 0 ? 0 : _sinceZero + 1;
        InDrift = _statistic > _options.Threshold;
        return InDrift ? DriftLevel.Drift : DriftLevel.None;
    }

    /// <summary>
    /// Log-likelihood steps of an error and of a success: the rate shifted, against the reference rate. A shift beyond 1 stops half-way to it.
    /// </summary>
    internal static (double OnError, double OnSuccess) Steps(double referenceRate, double shift)
    {
        var shifted = Math.Min(referenceRate + shift, (referenceRate + 1) / 2);
        return (Math.Log(shifted / referenceRate), Math.Log((1 - shifted) / (1 - referenceRate)));
    }

    private void Freeze() => (_onError, _onSuccess) = Steps((_referenceErrors + 0.5) / (_referenceCount + 1), _options.Shift);
}
