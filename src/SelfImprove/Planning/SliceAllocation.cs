using SelfImprove.Statistics.Distributions;

namespace SelfImprove.Planning;

/// <summary>
/// Spreads rows over slices so that the next row goes where it brings most: a slice of volume v, error e and r rows of the champion's is believed to err
/// e (r / (r + n))^b after n more, so the next row is worth v e b r^b (r + n)^-(b + 1), and rows are given until all slices' next rows are worth the same.
/// Errors are shrunk towards the mean by how few items they were counted on (empirical Bayes: Efron and Morris, 1975), and where slices don't provably differ
/// nothing is allocated: volume and doubt decide alone. A share explores: it is not allocated.
/// </summary>
public static class SliceAllocation
{
    /// <summary>Items from which a slice's own error is looked at.</summary>
    public const int FewestItems = 8;

    /// <summary>The error rate of "slices differ".</summary>
    public const double Alpha = 0.01;

    private const int Halvings = 60;

    /// <summary>A plan that labels rows, with its rows spread over the slices of the diagnosis; as it was where they don't differ.</summary>
    public static ImprovementPlan Spread(ImprovementPlan plan, PlanningFacts facts)
    {
        if (plan.Teacher is null || plan.Rows == 0 || plan.Allocation is not null) return plan;
        var slices = facts.Diagnosis.Slices.Select(s => new SliceGround(s.Slice, s.Share, s.Error, s.Items, facts.RowsOfDecision.GetValueOrDefault(s.Slice))).ToList();
        var exponent = facts.Forecast?.Exponent ?? LearningCurveForecast.PriorExponent;
        return plan with { AllocatedOf = plan.Rows, Allocation = Of(slices, plan.Rows, facts.Manifest.Planning.Exploration, exponent) };
    }

    /// <summary>The rows of each slice, those that get any; null where slices don't differ.</summary>
    /// <param name="slices">The slices known.</param>
    /// <param name="rows">Rows to spread.</param>
    /// <param name="exploration">The share that explores, [0,1].</param>
    /// <param name="exponent">How steeply errors fall with rows; above 0.</param>
    public static IReadOnlyDictionary<string, int>? Of(IReadOnlyList<SliceGround> slices, int rows, double exploration, double exponent)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exponent);
        var known = slices.Where(s => s.Items >= FewestItems && s.Share > 0).OrderBy(s => s.Slice, StringComparer.Ordinal).ToList();
        var spread = (int)(rows * (1 - exploration) * Math.Min(1, known.Sum(s => s.Share)));
        if (known.Count < 2 || spread < known.Count || Shrunk(known) is not { } errors) return null;
        // The price of a row at which all are given away is found by halving, in logarithms.
        var (low, high) = (-40.0, 5.0);
        for (var i = 0; i < Halvings; i++)
        {
            var middle = (low + high) / 2;
            if (At(middle).Sum() > spread) low = middle; else high = middle;
        }
        var exact = At(high);
        var given = exact.Select(e => (int)e).ToArray();
        foreach (var i in Enumerable.Range(0, exact.Length).OrderByDescending(i => exact[i] - given[i]).Take(Math.Max(0, spread - given.Sum()))) given[i]++;
        return known.Select((s, i) => (s.Slice, Rows: given[i])).Where(g => g.Rows > 0).ToDictionary(g => g.Slice, g => g.Rows, StringComparer.Ordinal);

        double[] At(double logPrice) => [.. known.Select((s, i) => Wanted(s, errors[i], exponent, logPrice))];
    }

    /// <summary>The rows after which a slice's next row is worth the price.</summary>
    private static double Wanted(SliceGround slice, double error, double exponent, double logPrice)
    {
        double have = Math.Max(1, slice.Rows);
        var log = Math.Log(slice.Share * error * exponent) + (exponent * Math.Log(have)) - logPrice;
        return Math.Max(0, Math.Exp(log / (exponent + 1)) - have);
    }

    /// <summary>Each slice's error, shrunk towards the mean of all; null where they don't provably differ.</summary>
    private static double[]? Shrunk(List<SliceGround> slices)
    {
        double items = slices.Sum(s => s.Items);
        var mean = Math.Clamp(slices.Sum(s => s.Error * s.Items) / items, 0.5 / items, 1 - (0.5 / items));
        var chance = mean * (1 - mean);
        var statistic = slices.Sum(s => s.Items * (s.Error - mean) * (s.Error - mean) / chance);
        var degrees = slices.Count - 1;
        if (ChiSquare.UpperTail(statistic, degrees) > Alpha) return null;
        // What the errors differ by beyond counting (DerSimonian and Laird, 1986).
        var between = Math.Max(0, (statistic - degrees) * chance / (items - (slices.Sum(s => (double)s.Items * s.Items) / items)));
        return [.. slices.Select(s => mean + ((s.Error - mean) * between / (between + (chance / s.Items))))];
    }
}
