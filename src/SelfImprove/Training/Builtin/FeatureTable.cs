namespace SelfImprove.Training.Builtin;

/// <summary>The features that occur in the training rows: a column and a weight for each bucket seen.</summary>
/// <param name="Shape">What text is cut into.</param>
/// <param name="ColumnOf">Bucket to column, -1 where training saw none.</param>
/// <param name="Weights">Weight of each column, from its document and class frequency.</param>
internal sealed record FeatureTable(FeatureShape Shape, int[] ColumnOf, float[] Weights)
{
    /// <summary>Weighs features by their frequency in the rows: (ln((1+n)/(1+df))+1)^p, times the same over classes to its own power.</summary>
    /// <param name="rows">The rows' hashed counts.</param>
    /// <param name="selected">Which of the rows count.</param>
    /// <param name="labels">Class of every row.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="settings">Shape and powers.</param>
    public static FeatureTable Build(HashedRows rows, ReadOnlySpan<int> selected, int[] labels, int classes, StudentSettings settings)
    {
        var shape = rows.Shape;
        var documents = new int[shape.BucketCount];
        var inClasses = new int[shape.BucketCount];
        var lastClass = new int[shape.BucketCount];
        var byClass = selected.ToArray();
        Array.Sort(Array.ConvertAll(byClass, row => ((long)labels[row] << 32) | (uint)row), byClass);
        foreach (var row in byClass)
        {
            var mark = labels[row] + 1;
            foreach (var bucket in rows.BucketsOf(row))
            {
                documents[bucket]++;
                if (lastClass[bucket] == mark)
                    continue;
                lastClass[bucket] = mark;
                inClasses[bucket]++;
            }
        }

        var columnOf = new int[shape.BucketCount];
        var weights = new List<float>();
        for (var bucket = 0; bucket < columnOf.Length; bucket++)
        {
            columnOf[bucket] = documents[bucket] == 0 ? -1 : weights.Count;
            if (documents[bucket] == 0)
                continue;
            // A bucket that words and characters of one row share counts twice there; the cap keeps the logarithm positive.
            var document = Math.Log((1d + selected.Length) / (1d + Math.Min(documents[bucket], selected.Length))) + 1;
            var inClass = Math.Log((1d + classes) / (1d + inClasses[bucket])) + 1;
            weights.Add((float)(Math.Pow(document, settings.IdfPower) * Math.Pow(inClass, settings.ClassIdfPower)));
        }

        return new FeatureTable(shape, columnOf, [.. weights]);
    }

    /// <summary>The rows as vectors over this table's columns.</summary>
    public SparseRows Weigh(HashedRows rows, ReadOnlySpan<int> selected)
    {
        var most = 0;
        foreach (var row in selected)
            most += rows.BucketsOf(row).Length;
        var starts = new int[selected.Length + 1];
        var columns = new int[most];
        var values = new float[most];
        var used = 0;
        for (var i = 0; i < selected.Length; i++)
        {
            var row = selected[i];
            used += FeatureWeighting.Weigh(
                rows.BucketsOf(row), rows.CountsOf(row), rows.WordBuckets[row], Shape.WordShare, ColumnOf, Weights, columns.AsSpan(used), values.AsSpan(used));
            starts[i + 1] = used;
        }

        return new SparseRows(starts, columns, values);
    }
}
