namespace SelfImprove.Statistics.Sequential;

/// <summary>An effect with its anytime-valid interval.</summary>
/// <param name="Effect">B minus A, or that divided by A.</param>
/// <param name="Interval">Confidence sequence; one side is infinite for a one-sided test.</param>
/// <param name="StandardError">Standard error of the effect at this sample size.</param>
/// <param name="PValue">Anytime-valid p-value.</param>
public sealed record SequentialEffectResult(double Effect, ConfidenceInterval Interval, double StandardError, double PValue);

/// <summary>The alternative of a test.</summary>
public enum Alternative
{
    /// <summary>B differs from A.</summary>
    TwoSided,

    /// <summary>B is greater.</summary>
    Greater,

    /// <summary>B is less.</summary>
    Less,
}

/// <summary>
/// Sequential comparison of two arms as GrowthBook defines it: the asymptotic normal mixture of Waudby-Smith et al. 2021 (theorem 2.2; one-sided: proposition
/// B.1) over both arms'
/// observations together, with rho tuned for a total sample size. Relative effects by the delta method.
/// </summary>
/// <param name="Alpha">Level.</param>
/// <param name="TunedFor">Observations of both arms together at which the interval is narrowest (N*).</param>
/// <param name="Alternative">The alternative.</param>
/// <param name="Relative">Whether the effect is (B - A)/A in place of B - A.</param>
public sealed record SequentialEffect(double Alpha = 0.05, double TunedFor = 5_000, Alternative Alternative = Alternative.TwoSided, bool Relative = false)
{
    /// <summary>Compares B with A; null while an arm is empty, no spread is seen, or a relative effect has a base of 0 or below.</summary>
    public SequentialEffectResult? Compare(SampleMoments? a, SampleMoments? b)
    {
        if (a is not { Count: > 0 } left || b is not { Count: > 0 } right) return null;
        if (Relative && left.Mean <= 0) return null;
        var effect = right.Mean - left.Mean;
        var variance = left.Variance / left.Count + right.Variance / right.Count;
        if (Relative)
        {
            effect /= left.Mean;
            var square = left.Mean * left.Mean;
            variance = right.Variance / (right.Count * square) + left.Variance * right.Mean * right.Mean / (left.Count * square * square);
        }
        if (!(variance > 0) || !double.IsFinite(variance)) return null;

        var n = (double)left.Count + right.Count;
        var sequence = new AsymptoticConfidenceSequence(Alpha, TunedFor, MinimumObservations: 1);
        var oneSided = Alternative != Alternative.TwoSided;
        var half = sequence.HalfWidth((long)n, variance * n, oneSided)!.Value;
        var interval = new ConfidenceInterval(
            Alternative == Alternative.Less ? double.NegativeInfinity : effect - half,
            Alternative == Alternative.Greater ? double.PositiveInfinity : effect + half);
        var signed = Alternative == Alternative.Less ? -effect : effect;
        return new SequentialEffectResult(effect, interval, Math.Sqrt(variance), sequence.PValue((long)n, signed, variance * n, 0, oneSided)!.Value);
    }
}
