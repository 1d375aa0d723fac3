namespace SelfImprove.Training.Builtin;

/// <summary>Rows of a sparse matrix, one after the other: row i holds the entries from <c>Starts[i]</c> to <c>Starts[i + 1]</c>.</summary>
/// <param name="Starts">One more than there are rows.</param>
/// <param name="Columns">Column of each entry. A column may occur twice in a row; the two add up.</param>
/// <param name="Values">Value of each entry.</param>
internal sealed record SparseRows(int[] Starts, int[] Columns, float[] Values)
{
    /// <summary>The number of rows.</summary>
    public int Count => Starts.Length - 1;

    /// <summary>The columns of one row.</summary>
    public ReadOnlySpan<int> ColumnsOf(int row) => Columns.AsSpan(Starts[row], Starts[row + 1] - Starts[row]);

    /// <summary>The values of one row.</summary>
    public ReadOnlySpan<float> ValuesOf(int row) => Values.AsSpan(Starts[row], Starts[row + 1] - Starts[row]);
}
