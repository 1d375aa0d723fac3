using SelfImprove.Statistics.Distributions;

namespace SelfImprove.Statistics.Bayes;

/// <summary>A Beta law of a success rate: prior plus counts.</summary>
/// <param name="Alpha">Prior weight plus successes, above 0.</param>
/// <param name="Beta">Prior weight plus failures, above 0.</param>
public readonly record struct BetaPosterior(double Alpha, double Beta)
{
    /// <summary>From counts and a Beta prior, uniform by default.</summary>
    public static BetaPosterior From(long successes, long failures, double priorAlpha = 1, double priorBeta = 1) =>
        new(Require.Positive(priorAlpha) + Require.Count(successes), Require.Positive(priorBeta) + Require.Count(failures));

    /// <summary>Expected success rate.</summary>
    public double Mean => Alpha / (Alpha + Beta);

    /// <summary>The central interval that holds the rate with probability <paramref name="level"/>.</summary>
    public ConfidenceInterval Interval(double level = 0.95)
    {
        Require.Fraction(level);
        return new ConfidenceInterval(Distributions.Beta.Quantile((1 - level) / 2, Alpha, Beta), Distributions.Beta.Quantile((1 + level) / 2, Alpha, Beta));
    }

    /// <summary>
    /// P(this rate is above that of <paramref name="other"/>), both independent: the integral of this density times the other's distribution function over
    /// log-odds by the trapezoidal
    /// rule, which converges geometrically for such integrands (Trefethen and Weideman 2014); to about 1e-12. For whole numbers it equals the closed sum
    /// (Miller 2015).
    /// </summary>
    public double ProbabilityAbove(BetaPosterior other)
    {
        var (a, b) = (Require.Positive(Alpha), Require.Positive(Beta));
        Require.Positive(other.Alpha);
        Require.Positive(other.Beta);
        var logNorm = Distributions.Beta.LogFunction(a, b);
        var mode = Math.Log(a / b);
        double LogDensity(double x) => -a * Softplus(-x) - b * Softplus(x) - logNorm;
        var step = Math.Min(0.4, Math.Sqrt(1 / a + 1 / b) / 2.5);
        var floor = LogDensity(mode) - 42;
        double sum = 0, mass = 0;
        Walk(0, 1);
        Walk(-1, -1);
        return Math.Clamp(sum / mass, 0, 1);

        void Walk(int start, int direction)
        {
            for (var k = start; ; k += direction)
            {
                var x = mode + k * step;
                var log = LogDensity(x);
                if (log < floor) return;
                var weight = Math.Exp(log);
                mass += weight;
                sum += weight * other.CdfOfLogOdds(x);
            }
        }
    }

    private double CdfOfLogOdds(double x) => x < 0
        ? Distributions.Beta.Cdf(1 / (1 + Math.Exp(-x)), Alpha, Beta)
        : -Logs.ExpM1(Distributions.Beta.LogCdf(1 / (1 + Math.Exp(x)), Beta, Alpha)); // the small side keeps its digits

    private static double Softplus(double x) => x > 0 ? x + Logs.Log1P(Math.Exp(-x)) : Logs.Log1P(Math.Exp(x));
}
