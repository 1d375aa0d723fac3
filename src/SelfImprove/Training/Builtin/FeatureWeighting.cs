using System.Runtime.CompilerServices;

namespace SelfImprove.Training.Builtin;

/// <summary>
/// Turns hashed counts into the vector that the softmax reads: (1 + ln count) times the feature's weight, the word part and the character part each
/// scaled to its share, so that
/// the vector has length 1 where both parts are there. Buckets never seen in training are left out before scaling.
/// </summary>
internal static class FeatureWeighting
{
    private static readonly float[] s_logs = Enumerable.Range(0, 64).Select(n => n == 0 ? 0f : 1f + MathF.Log(n)).ToArray();

    /// <summary>Weighs one text.</summary>
    /// <param name="buckets">The text's buckets, those of words first.</param>
    /// <param name="counts">How often each occurs.</param>
    /// <param name="wordBuckets">How many of the buckets are of words.</param>
    /// <param name="wordShare">Share of the squared length for words.</param>
    /// <param name="columnOf">Bucket to column; -1 for a bucket that training never saw.</param>
    /// <param name="weights">Weight of each column.</param>
    /// <param name="columns">Receives columns; as long as the buckets.</param>
    /// <param name="values">Receives values; as long as the buckets.</param>
    /// <returns>The number of entries written.</returns>
    public static int Weigh(
        ReadOnlySpan<int> buckets, ReadOnlySpan<int> counts, int wordBuckets, double wordShare, int[] columnOf, float[] weights, Span<int> columns,
        Span<float> values)
    {
        var words = Part(buckets[..wordBuckets], counts, wordShare, columnOf, weights, columns, values);
        return words + Part(buckets[wordBuckets..], counts[wordBuckets..], 1 - wordShare, columnOf, weights, columns[words..], values[words..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Part(
        ReadOnlySpan<int> buckets, ReadOnlySpan<int> counts, double share, int[] columnOf, float[] weights, Span<int> columns, Span<float> values)
    {
        if (share <= 0)
            return 0;
        var used = 0;
        var squares = 0d;
        for (var i = 0; i < buckets.Length; i++)
        {
            var column = columnOf[buckets[i]];
            if (column < 0)
                continue;
            var value = Sublinear(counts[i]) * weights[column];
            columns[used] = column;
            values[used++] = value;
            squares += value * value;
        }

        if (squares == 0)
            return 0;
        var scale = (float)Math.Sqrt(share / squares);
        for (var i = 0; i < used; i++)
            values[i] *= scale;
        return used;
    }

    private static float Sublinear(int count) => count < s_logs.Length ? s_logs[count] : 1f + MathF.Log(count);
}
