namespace SelfImprove.Statistics.Sequential;

/// <summary>State of <see cref="BettingConfidenceSequence"/>; the grid runs over means 0, 1/breaks, ... 1.</summary>
/// <param name="Count">Number of observations.</param>
/// <param name="Sum">Their sum.</param>
/// <param name="SumOfSquares">Sum of squared distances from the running estimates of the mean.</param>
/// <param name="LogUp">Log capital of betting that the mean is above each grid mean.</param>
/// <param name="LogDown">Log capital of betting that it is below.</param>
public sealed record BettingState(long Count, double Sum, double SumOfSquares, IReadOnlyList<double> LogUp, IReadOnlyList<double> LogDown);

/// <summary>
/// A confidence sequence on the mean of observations in [0, 1] by betting: for every supposed mean a gambler bets half a unit that the truth is above it and
/// half that it is below;
/// supposed means against which 1/alpha was won are refuted. No law and no independence are assumed, only a constant conditional mean.
/// Waudby-Smith and Ramdas, "Estimating means of bounded random variables by betting", 2024, theorem 3 (hedged capital) with predictable plug-in bets (their
/// equation 26).
/// </summary>
public sealed class BettingConfidenceSequence
{
    private const double PriorMean = 0.5, PriorVariance = 0.25, Truncation = 0.5;
    private readonly double _alpha, _up, _down;
    private readonly double[] _logUp, _logDown;
    private long _count;
    private double _sum, _squares;

    /// <summary>Starts afresh, or from a stored state of the same number of grid steps.</summary>
    /// <param name="alpha">Probability that the interval ever misses the mean.</param>
    /// <param name="breaks">Steps of the grid of supposed means, at least 2; the interval is that coarse.</param>
    /// <param name="theta">Share bet on "above", in (0, 1).</param>
    /// <param name="state">A stored state.</param>
    public BettingConfidenceSequence(double alpha = 0.05, int breaks = 1_000, double theta = 0.5, BettingState? state = null)
    {
        _alpha = Require.Fraction(alpha);
        _up = Math.Log(Require.Fraction(theta));
        _down = Math.Log(1 - theta);
        _logUp = new double[Require.AtLeast(breaks, 2) + 1];
        _logDown = new double[breaks + 1];
        if (state is null) return;
        if (state.LogUp.Count != _logUp.Length || state.LogDown.Count != _logDown.Length)
            throw new ArgumentException($"The stored state has a grid of {state.LogUp.Count - 1} steps; {breaks} were asked for.", nameof(state));
        (_count, _sum, _squares) = (state.Count, state.Sum, state.SumOfSquares);
        for (var i = 0; i <= breaks; i++) (_logUp[i], _logDown[i]) = (state.LogUp[i], state.LogDown[i]);
    }

    /// <summary>Number of observations.</summary>
    public long Count => _count;

    /// <summary>Current state, for storing.</summary>
    public BettingState ToState() => new(_count, _sum, _squares, [.. _logUp], [.. _logDown]);

    /// <summary>Takes one observation in [0, 1].</summary>
    public void Add(double value)
    {
        Require.Rate(value);
        var variance = _count == 0 ? PriorVariance : (PriorVariance + _squares) / (_count + 1);
        _count++;
        var bet = Math.Sqrt(2 * Math.Log(2 / _alpha) / (variance * _count * Math.Log(1 + _count)));
        var breaks = _logUp.Length - 1;
        for (var i = 0; i <= breaks; i++)
        {
            var supposed = i / (double)breaks;
            _logUp[i] += Math.Log(1 + Math.Min(bet, Truncation / supposed) * (value - supposed));
            _logDown[i] += Math.Log(1 - Math.Min(bet, Truncation / (1 - supposed)) * (value - supposed));
        }
        _sum += value;
        var mean = (PriorMean + _sum) / (_count + 1);
        _squares += (value - mean) * (value - mean);
    }

    /// <summary>
    /// The means not refuted. Its lower end is the last refuted grid mean, its upper end the last one not refuted; [0, 1] before any observation, or in the
    /// improbable case that all are refuted.
    /// </summary>
    public ConfidenceInterval Interval()
    {
        var breaks = _logUp.Length - 1;
        int first = -1, last = -1;
        for (var i = 0; i <= breaks; i++)
        {
            if (LogCapitalAt(i) > -Math.Log(_alpha)) continue;
            if (first < 0) first = i;
            last = i;
        }
        return first < 0 ? new ConfidenceInterval(0, 1) : new ConfidenceInterval(Math.Max(0, first - 1) / (double)breaks, last / (double)breaks);
    }

    /// <summary>
    /// Capital won against the grid mean nearest to <paramref name="mean"/>, in [0, 1]; it starts at the larger of the two shares, and 1/alpha refutes.
    /// </summary>
    public double Capital(double mean) => Math.Exp(LogCapitalAt((int)Math.Round(Require.Rate(mean) * (_logUp.Length - 1))));

    private double LogCapitalAt(int i) => Math.Max(_up + _logUp[i], _down + _logDown[i]);
}
