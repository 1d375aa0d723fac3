namespace SelfImprove.Statistics;

/// <summary>A closed interval of plausible values. An unbounded side is an infinity, which JSON cannot carry: bound it before storing.</summary>
/// <param name="Lower">Lower end.</param>
/// <param name="Upper">Upper end, at least <paramref name="Lower"/>.</param>
public readonly record struct ConfidenceInterval(double Lower, double Upper)
{
    /// <summary>Upper minus lower end.</summary>
    public double Width => Upper - Lower;

    /// <summary>Middle of the interval; the point estimate only where the method is symmetric.</summary>
    public double Middle => Lower + (Upper - Lower) / 2;

    /// <summary>Whether <paramref name="value"/> lies inside, ends included.</summary>
    public bool Contains(double value) => value >= Lower && value <= Upper;

    /// <summary>The part of the interval inside [<paramref name="minimum"/>, <paramref name="maximum"/>]; for rates, 0 and 1.</summary>
    public ConfidenceInterval Clamp(double minimum, double maximum) => new(Math.Clamp(Lower, minimum, maximum), Math.Clamp(Upper, minimum, maximum));
}
