namespace SelfImprove.Training.Builtin;

/// <summary>Texts as hashed counts, computed once and used by every fit on a subset of them.</summary>
internal sealed class HashedRows
{
    private readonly int[][] _buckets;
    private readonly int[][] _counts;

    private HashedRows(FeatureShape shape, int[][] buckets, int[][] counts, int[] wordBuckets)
    {
        Shape = shape;
        _buckets = buckets;
        _counts = counts;
        WordBuckets = wordBuckets;
    }

    /// <summary>What the texts were cut into.</summary>
    public FeatureShape Shape { get; }

    /// <summary>How many of each row's buckets are of words.</summary>
    public int[] WordBuckets { get; }

    /// <summary>The distinct buckets of a row, those of words first.</summary>
    public ReadOnlySpan<int> BucketsOf(int row) => _buckets[row];

    /// <summary>How often each of the row's buckets occurs.</summary>
    public ReadOnlySpan<int> CountsOf(int row) => _counts[row];

    /// <summary>Hashes texts on several threads; a row's result depends on the row alone.</summary>
    public static HashedRows Of(IReadOnlyList<string> texts, FeatureShape shape, int threads, CancellationToken stop)
    {
        var (buckets, counts, words) = (new int[texts.Count][], new int[texts.Count][], new int[texts.Count]);
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = stop };
        const int chunk = 512;
        Parallel.For(0, (texts.Count + chunk - 1) / chunk, options, () => new FeatureHasher(shape), (part, _, hasher) =>
        {
            for (var row = part * chunk; row < Math.Min(texts.Count, (part + 1) * chunk); row++)
            {
                hasher.Read(texts[row]);
                (buckets[row], counts[row], words[row]) = (hasher.Buckets.ToArray(), hasher.Counts.ToArray(), hasher.WordBuckets);
            }

            return hasher;
        }, _ => { });
        return new HashedRows(shape, buckets, counts, words);
    }
}
