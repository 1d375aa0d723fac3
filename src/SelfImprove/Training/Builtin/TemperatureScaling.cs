namespace SelfImprove.Training.Builtin;

/// <summary>Scores of a row that the fit did not see.</summary>
/// <param name="Scores">One for each class, before the softmax.</param>
/// <param name="Label">The true class.</param>
/// <param name="Weight">The row's weight.</param>
internal sealed record ScoredRow(float[] Scores, int Label, float Weight);

/// <summary>
/// Finds the temperature by which scores are divided so that probabilities are true on held-out rows (Guo et al., "On calibration of modern neural
/// networks", ICML 2017).
/// </summary>
internal static class TemperatureScaling
{
    // Held-out rows that are all right would ask for a temperature of nothing, that is for certainty; no finite number of rows proves that, least of
    // all about tomorrow's wordings.
    private const double Coldest = 0.25;
    private const double Hottest = 10;

    /// <summary>The temperature of least held-out loss; 1 when there are no rows.</summary>
    public static double Fit(IReadOnlyList<ScoredRow> rows)
    {
        if (rows.Count == 0)
            return 1;
        // The loss is convex in 1/T, hence has one valley in ln T too: golden-section search.
        var golden = (Math.Sqrt(5) - 1) / 2;
        var (low, high) = (Math.Log(Coldest), Math.Log(Hottest));
        var (a, b) = (high - (golden * (high - low)), low + (golden * (high - low)));
        var (lossA, lossB) = (Loss(rows, Math.Exp(a)), Loss(rows, Math.Exp(b)));
        for (var i = 0; i < 24; i++)
        {
            if (lossA <= lossB)
            {
                (high, b, lossB) = (b, a, lossA);
                a = high - (golden * (high - low));
                lossA = Loss(rows, Math.Exp(a));
            }
            else
            {
                (low, a, lossA) = (a, b, lossB);
                b = low + (golden * (high - low));
                lossB = Loss(rows, Math.Exp(b));
            }
        }

        return Math.Exp((low + high) / 2);
    }

    /// <summary>
    /// Cross-entropy against targets kept off 1 by one part in (rows + 2), the prior of Platt's "Probabilistic outputs for support vector machines"
    /// (1999).
    /// </summary>
    private static double Loss(IReadOnlyList<ScoredRow> rows, double temperature)
    {
        var loss = 0d;
        var doubt = 1f / (rows.Count + 2);
        var inverse = (float)(1 / temperature);
        foreach (var row in rows)
        {
            var most = row.Scores.Max();
            var sum = 0f;
            foreach (var score in row.Scores)
                sum += MathF.Exp((score - most) * inverse);
            var target = ((1 - doubt) * row.Scores[row.Label]) + (doubt * row.Scores.Average());
            loss += row.Weight * (Math.Log(sum) - ((target - most) * inverse));
        }

        return loss;
    }
}
