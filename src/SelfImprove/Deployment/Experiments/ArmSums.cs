namespace SelfImprove.Deployment.Experiments;

/// <summary>What one arm of an experiment gave in one measure.</summary>
public sealed class ArmSums
{
    /// <summary>Requests measured.</summary>
    public int Count { get; set; }

    /// <summary>Sum of the values.</summary>
    public double Sum { get; set; }

    /// <summary>Sum of their squares.</summary>
    public double Squares { get; set; }

    /// <summary>Sum of the inverse assignment probabilities.</summary>
    public double Inverse { get; set; }

    /// <summary>The mean value; 0 before the first.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public double Mean => Count == 0 ? 0 : Sum / Count;

    internal void Add(double value, double inverse)
    {
        Count++;
        Sum += value;
        Squares += value * value;
        Inverse += inverse;
    }

    /// <summary>
    /// By how much the variance with 4 successes and 4 failures more exceeds the raw one, summed as inverse-propensity scores
    /// are: with few requests near 0 or 1 the raw variance is too small, and the interval with it.
    /// </summary>
    internal double PseudoCountSurplus()
    {
        if (Count == 0) return 0;
        var raw = Squares / Count - Mean * Mean;
        var mean = (Sum + 4) / (Count + 8);
        var padded = (Squares + 4) / (Count + 8) - mean * mean;
        var inverse = Inverse / Count;
        return Count * Math.Max(0, padded - raw) * inverse * inverse;
    }
}
