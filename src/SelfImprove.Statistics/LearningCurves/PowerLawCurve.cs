namespace SelfImprove.Statistics.LearningCurves;

/// <summary>
/// A fitted curve err(n) = a n^-b + c. The three numbers are the best single curve; predictions average over all curves that the data leave plausible, which
/// is what makes
/// their intervals honest with few points.
/// </summary>
public sealed class PowerLawCurve
{
    // Nodes and weights of the five-point Gauss-Hermite rule for a standard normal law.
    private static readonly (double Node, double Weight)[] Hermite =
    [
        (-2.856970013872806, 0.011257411327720691), (-1.3556261799742659, 0.22207592200561266), (0, 0.5333333333333333),
        (1.3556261799742659, 0.22207592200561266), (2.856970013872806, 0.011257411327720691),
    ];

    private readonly IReadOnlyList<PowerLawComponent> _components;
    private readonly double _reference;

    internal PowerLawCurve(double a, double b, double c, double reference, IReadOnlyList<PowerLawComponent> components)
    {
        (A, B, C, _reference, _components) = (a, b, c, reference, components);
    }

    /// <summary>Scale, at least 0.</summary>
    public double A { get; }

    /// <summary>Exponent, above 0.</summary>
    public double B { get; }

    /// <summary>Floor that no number of examples gets below, at least 0.</summary>
    public double C { get; }

    /// <summary>The best single curve at <paramref name="examples"/>, above 0.</summary>
    public double At(double examples) => A * Math.Pow(Require.Positive(examples), -B) + C;

    /// <summary>
    /// The expected error of a model trained on <paramref name="examples"/> and the interval that holds it with probability <paramref name="level"/>.
    /// </summary>
    /// <param name="examples">Training examples, above 0.</param>
    /// <param name="level">Probability of the interval, in (0, 1).</param>
    /// <param name="measurementError">Standard error of the measurement that the prediction will be compared with; 0 for the true error.</param>
    public CurvePrediction Predict(double examples, double level = 0.8, double measurementError = 0)
    {
        Require.Positive(examples);
        Require.Fraction(level);
        Require.NonNegative(measurementError);
        var values = new (double Value, double Weight)[_components.Count * Hermite.Length];
        double mean = 0, square = 0;
        var k = 0;
        foreach (var component in _components)
        {
            var x = Math.Pow(examples / _reference, -component.B);
            var centre = component.Scale * x + component.C;
            var spread = Math.Sqrt(
                component.ScaleDeviation * component.ScaleDeviation * x * x + component.Training * component.Training + measurementError * measurementError);
            foreach (var (node, weight) in Hermite)
            {
                var value = Math.Max(0, centre + node * spread);
                values[k++] = (value, component.Weight * weight);
                mean += component.Weight * weight * value;
                square += component.Weight * weight * value * value;
            }
        }
        Array.Sort(values, static (left, right) => left.Value.CompareTo(right.Value));
        var interval = new ConfidenceInterval(Quantile(values, (1 - level) / 2), Quantile(values, (1 + level) / 2));
        return new CurvePrediction(examples, mean, Math.Sqrt(Math.Max(0, square - mean * mean)), interval);
    }

    // Interpolates between the middles of the weights.
    private static double Quantile((double Value, double Weight)[] sorted, double share)
    {
        double below = 0, previousMiddle = 0, previousValue = sorted[0].Value;
        foreach (var (value, weight) in sorted)
        {
            var middle = below + weight / 2;
            if (middle >= share)
                return middle <= previousMiddle ? value : previousValue + (value - previousValue) * (share - previousMiddle) / (middle - previousMiddle);
            (previousMiddle, previousValue, below) = (middle, value, below + weight);
        }
        return sorted[^1].Value;
    }
}
