namespace SelfImprove.Training.Builtin;

/// <summary>Chooses the rows that a fit does not see, to calibrate on.</summary>
internal static class Folds
{
    /// <summary>Up to this many rows, every row is held out once, in <see cref="SmallSetFolds"/> turns; above, one tenth is held out, once.</summary>
    public const int SmallSet = 1500;

    /// <summary>Turns of a small set.</summary>
    public const int SmallSetFolds = 4;

    private const int LargeSetParts = 10;

    /// <summary>
    /// Held-out rows of each turn, spread evenly over classes. A class with a single row is never held out. None at all when no class has two rows.
    /// </summary>
    public static IReadOnlyList<int[]> Of(TrainingSet set, int seed)
    {
        var parts = set.Count <= SmallSet ? SmallSetFolds : LargeSetParts;
        var turns = Enumerable.Range(0, set.Count <= SmallSet ? SmallSetFolds : 1).Select(_ => new List<int>()).ToArray();
        var order = Enumerable.Range(0, set.Count).ToArray();
        new SplitMix((ulong)(uint)seed ^ 0xF01D5UL).Shuffle<int>(order);
        var sizes = new int[set.Classes.Length];
        foreach (var label in set.Labels.AsSpan(0, set.Count))
            sizes[label]++;
        // Each class starts at another part, so that small classes do not all land in the first.
        var next = Enumerable.Range(0, set.Classes.Length).ToArray();
        foreach (var row in order)
        {
            var label = set.Labels[row];
            var part = next[label]++ % parts;
            if (sizes[label] > 1 && part < turns.Length)
                turns[part].Add(row);
        }

        return [.. turns.Where(turn => turn.Count > 0).Select(turn => turn.Order().ToArray())];
    }
}
