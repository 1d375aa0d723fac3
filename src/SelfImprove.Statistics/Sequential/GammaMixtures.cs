using SelfImprove.Statistics.Distributions;

namespace SelfImprove.Statistics.Sequential;

/// <summary>One-sided gamma-exponential mixture for sub-exponential deviations of scale c. Howard et al. 2021, proposition 9.</summary>
public sealed record GammaExponentialMixture : Mixture
{
    private readonly double _c, _rho, _logNorm;

    /// <summary>
    /// A mixture sharpest at intrinsic time <paramref name="vOpt"/> for level <paramref name="alphaOpt"/>, with scale <paramref name="c"/> above 0.
    /// </summary>
    public GammaExponentialMixture(double vOpt, double alphaOpt, double c)
    {
        _c = Require.Positive(c);
        _rho = BestRhoOneSided(vOpt, alphaOpt);
        var shape = _rho / (c * c);
        _logNorm = shape * Math.Log(shape) - Gamma.Log(shape) - Gamma.LogLower(shape, shape);
    }

    /// <inheritdoc/>
    public override double LogMixture(double s, double v)
    {
        var square = _c * _c;
        var shape = (Require.NonNegative(v) + _rho) / square;
        var drift = (_c * s + v) / square;
        var at = drift + _rho / square;
        if (at <= 0) return double.NegativeInfinity;
        return _logNorm + Gamma.Log(shape) + Gamma.LogLower(shape, at) - shape * Math.Log(at) + drift;
    }
}

/// <summary>One-sided gamma-Poisson mixture for sub-Poisson deviations of scale c. Howard et al. 2021, proposition 10.</summary>
public sealed record GammaPoissonMixture : Mixture
{
    private readonly double _c, _rho, _logNorm;

    /// <summary>
    /// A mixture sharpest at intrinsic time <paramref name="vOpt"/> for level <paramref name="alphaOpt"/>, with scale <paramref name="c"/> above 0.
    /// </summary>
    public GammaPoissonMixture(double vOpt, double alphaOpt, double c)
    {
        _c = Require.Positive(c);
        _rho = BestRhoOneSided(vOpt, alphaOpt);
        var shape = _rho / (c * c);
        _logNorm = shape * Math.Log(shape) - Gamma.Log(shape) - Gamma.LogUpper(shape, shape);
    }

    /// <inheritdoc/>
    public override double LogMixture(double s, double v)
    {
        var square = _c * _c;
        var at = (Require.NonNegative(v) + _rho) / square;
        var shape = s / _c + at;
        if (shape <= 0) return double.NegativeInfinity;
        return _logNorm + Gamma.Log(shape) + Gamma.LogUpper(shape, at) - shape * Math.Log(at) + v / square;
    }
}
