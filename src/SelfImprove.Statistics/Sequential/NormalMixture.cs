using SelfImprove.Statistics.Distributions;

namespace SelfImprove.Statistics.Sequential;

/// <summary>
/// Two-sided normal mixture for sub-Gaussian deviations: bound sqrt((v + rho)(ln(1 + v/rho) + 2 ln(1/alpha))) on |s|. Robbins 1970; Howard et al. 2021,
/// equation 14.
/// </summary>
/// <param name="Rho">Mixing precision, above 0; see <see cref="Mixture.BestRho"/>.</param>
public sealed record TwoSidedNormalMixture(double Rho) : Mixture
{
    /// <summary>Sharpest at intrinsic time <paramref name="v"/>.</summary>
    public static TwoSidedNormalMixture TunedFor(double v, double alpha = 0.05) => new(BestRho(v, alpha));

    /// <inheritdoc/>
    public override double LogMixture(double s, double v) => 0.5 * Math.Log(Require.Positive(Rho) / (Require.NonNegative(v) + Rho)) + s * s / (2 * (v + Rho));

    /// <inheritdoc/>
    public override double Bound(double v, double alpha) =>
        Math.Sqrt((Require.NonNegative(v) + Require.Positive(Rho)) * (Math.Log(1 + v / Rho) + 2 * Math.Log(1 / Require.Fraction(alpha))));
}

/// <summary>One-sided normal mixture (half-normal mixing law) for sub-Gaussian deviations. Robbins 1970; Howard et al. 2021, proposition 6.</summary>
/// <param name="Rho">Mixing precision, above 0; see <see cref="Mixture.BestRhoOneSided"/>.</param>
public sealed record OneSidedNormalMixture(double Rho) : Mixture
{
    /// <summary>Sharpest at intrinsic time <paramref name="v"/>.</summary>
    public static OneSidedNormalMixture TunedFor(double v, double alpha = 0.05) => new(BestRhoOneSided(v, alpha));

    /// <inheritdoc/>
    public override double LogMixture(double s, double v)
    {
        var total = Require.NonNegative(v) + Require.Positive(Rho);
        return 0.5 * Math.Log(4 * Rho / total) + s * s / (2 * total) + Normal.LogCdf(s / Math.Sqrt(total));
    }
}
