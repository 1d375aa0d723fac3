namespace SelfImprove.Training.Builtin;

/// <summary>
/// Measures how a student's error falls with its training rows: fits on nested, seeded sub-samples and counts errors on items that it never trained on.
/// Sub-samples are spread evenly over classes,
/// so that a class is missing only where it has no row to give.
/// </summary>
public static class LearningCurveSampler
{
    /// <summary>The shares measured when a caller names none.</summary>
    public static IReadOnlyList<double> DefaultShares { get; } = [0.25, 0.5, 1];

    /// <summary>Measures the curve.</summary>
    /// <param name="rows">Rows to sub-sample; at least two classes.</param>
    /// <param name="held">Items to judge on; disjoint from <paramref name="rows"/> (the caller's care). A label that no row has counts as an error.</param>
    /// <param name="shares">Shares of the rows to fit on, each in (0,1]. <c>null</c>: <see cref="DefaultShares"/>.</param>
    /// <param name="settings">How to fit. Calibration is skipped: it changes no label.</param>
    /// <param name="seed">Seeds the sub-samples and the fits.</param>
    /// <param name="stop">Stops early.</param>
    /// <returns>A point for each share, in the order given. A share that leaves fewer than two classes is left out.</returns>
    /// <exception cref="ArgumentException">Rows, items, shares or settings cannot be used.</exception>
    public static IReadOnlyList<LearningCurvePoint> Measure(
        IReadOnlyList<TextExample> rows, IReadOnlyList<TextExample> held, IReadOnlyList<double>? shares, StudentSettings settings, int seed,
        CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(held);
        ArgumentNullException.ThrowIfNull(settings);
        settings.Validate();
        shares ??= DefaultShares;
        if (shares.Any(share => !(share > 0 && share <= 1)))
            throw new ArgumentException("Every share of a learning curve is above 0 and at most 1.", nameof(shares));
        if (held.Count == 0)
            throw new ArgumentException("A learning curve needs held-out items to measure errors on, there are none.", nameof(held));
        var set = TrainingSet.Of(rows, settings, stop);
        var items = HashedRows.Of([.. held.Select(item => item.Text)], set.Rows.Shape, set.Threads, stop);
        var order = SpreadOrder(set, seed);
        var points = new List<LearningCurvePoint>();
        foreach (var share in shares)
        {
            var selected = order[..Math.Max(1, (int)Math.Round(share * order.Length))].Order().ToArray();
            if (selected.Select(row => set.Labels[row]).Distinct().Count() < 2)
                continue;
            var fit = StudentFit.Fit(set, selected, settings, seed, stop);
            points.Add(new LearningCurvePoint(selected.Length, Error(fit, set, items, held), held.Count));
        }

        return points;
    }

    /// <summary>Rows in an order whose every beginning holds each class in proportion, and each class once before any large one has many.</summary>
    private static int[] SpreadOrder(TrainingSet set, int seed)
    {
        var random = new SplitMix((ulong)(uint)seed ^ 0xC04FEUL);
        var order = Enumerable.Range(0, set.Count).ToArray();
        random.Shuffle<int>(order);
        var sizes = new int[set.Classes.Length];
        foreach (var label in set.Labels)
            sizes[label]++;
        var taken = new int[set.Classes.Length];
        var place = new double[set.Count];
        foreach (var row in order)
        {
            var label = set.Labels[row];
            place[row] = taken[label]++ / (double)sizes[label];
        }

        return [.. order.OrderBy(row => place[row])];
    }

    private static double Error(StudentFit fit, TrainingSet set, HashedRows items, IReadOnlyList<TextExample> held)
    {
        var scored = fit.Scores(items, [.. Enumerable.Range(0, held.Count)], set.Classes.Length);
        var (wrong, total) = (0d, 0d);
        for (var i = 0; i < held.Count; i++)
        {
            var best = 0;
            for (var k = 1; k < scored[i].Length; k++)
            {
                if (scored[i][k] > scored[i][best])
                    best = k;
            }

            total += held[i].Weight;
            if (!string.Equals(set.Classes[best], held[i].Label, StringComparison.Ordinal))
                wrong += held[i].Weight;
        }

        return wrong / total;
    }
}
