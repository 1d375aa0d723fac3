namespace SelfImprove.Statistics.Similarity;

/// <summary>
/// Finds near-duplicates of a text among many, at a cost that hardly grows with their number: bands of MinHash signatures propose candidates, the exact
/// overlap of their
/// character n-grams decides. No false positives; a pair right at the threshold may be missed (see <see cref="LshBands.CandidateProbability"/>), which is why
/// the bands are tuned
/// for a threshold somewhat below the one asked for (Broder, "On the resemblance and containment of documents", 1997, section 3; banding as in Leskovec, Rajaraman and
/// Ullman, "Mining of Massive Datasets", section 3.4). Not thread-safe.
/// </summary>
public sealed class MinHashIndex
{
    private readonly MinHash _minHash;
    private readonly Dictionary<(int Band, ulong Hash), List<int>> _buckets = [];
    private readonly List<(string Key, IReadOnlySet<string> Grams)> _texts = [];
    private readonly int _n;

    /// <summary>
    /// An empty index of texts that count as near-duplicates from Jaccard overlap <paramref name="threshold"/> (in (0, 1]) of character
    /// <paramref name="n"/>-grams.
    /// </summary>
    public MinHashIndex(double threshold = 0.8, int n = 3, int permutations = MinHash.DefaultPermutations, ulong seed = 1)
    {
        if (!(threshold is > 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "threshold must be above 0 and at most 1.");
        Threshold = threshold;
        _n = Require.AtLeast(n, 1);
        _minHash = new MinHash(permutations, seed);
        Bands = LshBands.Optimal(0.85 * threshold, permutations);
    }

    /// <summary>Overlap from which two texts are near-duplicates.</summary>
    public double Threshold { get; }

    /// <summary>How signatures are cut.</summary>
    public LshBands Bands { get; }

    /// <summary>Number of texts added.</summary>
    public int Count => _texts.Count;

    /// <summary>Adds a text; adding a key again adds another text under it.</summary>
    public void Add(string key, string text)
    {
        ArgumentNullException.ThrowIfNull(key);
        var grams = CharacterGrams.Of(text, _n);
        var place = _texts.Count;
        _texts.Add((key, grams));
        foreach (var bucket in Buckets(grams))
        {
            if (!_buckets.TryGetValue(bucket, out var members)) _buckets.Add(bucket, members = []);
            members.Add(place);
        }
    }

    /// <summary>The near-duplicates of a text, most similar first, then in order of adding.</summary>
    public IReadOnlyList<NearDuplicate> Find(string text)
    {
        var grams = CharacterGrams.Of(text, _n);
        var seen = new HashSet<int>();
        var found = new List<(int Place, NearDuplicate Match)>();
        foreach (var bucket in Buckets(grams))
        {
            if (!_buckets.TryGetValue(bucket, out var members)) continue;
            foreach (var place in members)
            {
                if (!seen.Add(place)) continue;
                var similarity = CharacterGrams.Jaccard(grams, _texts[place].Grams);
                if (similarity >= Threshold) found.Add((place, new NearDuplicate(_texts[place].Key, similarity)));
            }
        }
        return [.. found.OrderByDescending(f => f.Match.Similarity).ThenBy(f => f.Place).Select(f => f.Match)];
    }

    private IEnumerable<(int Band, ulong Hash)> Buckets(IReadOnlySet<string> grams)
    {
        var signature = _minHash.Signature(grams);
        for (var band = 0; band < Bands.Bands; band++)
        {
            var hash = 14695981039346656037UL;
            for (var row = 0; row < Bands.Rows; row++) hash = (hash ^ signature[band * Bands.Rows + row]) * 1099511628211UL;
            yield return (band, hash);
        }
    }
}
