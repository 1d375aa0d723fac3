using SelfImprove.Statistics.Distributions;

namespace SelfImprove.Statistics.Sequential;

/// <summary>
/// Beta-binomial mixture for sums of bounded increments, at least -g and at most h with mean 0: for 0/1 outcomes of rate p, g = p and h = 1 - p, and v = g h n.
/// Robbins 1970; Howard et al. 2021, propositions 7 (two-sided) and 8 (one-sided).
/// </summary>
public sealed record BetaBinomialMixture : Mixture
{
    private readonly double _g, _h, _r, _share, _logNorm;

    /// <summary>A mixture sharpest at intrinsic time <paramref name="vOpt"/>.</summary>
    /// <param name="vOpt">Intrinsic time at which the bound is tightest, above 0.</param>
    /// <param name="alphaOpt">Level for which it is tuned.</param>
    /// <param name="g">Largest fall of one increment, above 0.</param>
    /// <param name="h">Largest rise of one increment, above 0.</param>
    /// <param name="oneSided">Whether rises alone count.</param>
    public BetaBinomialMixture(double vOpt, double alphaOpt, double g, double h, bool oneSided)
    {
        (_g, _h) = (Require.Positive(g), Require.Positive(h));
        var rho = oneSided ? BestRhoOneSided(vOpt, alphaOpt) : BestRho(vOpt, alphaOpt);
        // The prior weighs r of which g h is already there; where that is more than wanted, hardly any is left.
        _r = Math.Max(rho - g * h, 1e-3 * g * h);
        _share = oneSided ? h / (g + h) : 1;
        _logNorm = LogIncomplete(_r / (g * (g + h)), _r / (h * (g + h)));
    }

    /// <inheritdoc/>
    public override double LogMixture(double s, double v)
    {
        Require.NonNegative(v);
        var span = _g + _h;
        return v / (_g * _h) * Math.Log(span)
            - (v + _h * s) / (_h * span) * Math.Log(_g)
            - (v - _g * s) / (_g * span) * Math.Log(_h)
            + LogIncomplete((_r + v - _g * s) / (_g * span), (_r + v + _h * s) / (_h * span)) - _logNorm;
    }

    /// <inheritdoc/>
    protected override double LargestDeviation(double v) => v / _g;

    private double LogIncomplete(double a, double b) => Beta.LogFunction(a, b) + (_share < 1 ? Beta.LogCdf(_share, a, b) : 0);
}
