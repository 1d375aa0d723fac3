using System.Runtime.CompilerServices;

namespace SelfImprove.Training.Builtin;

/// <summary>
/// Turns text into hashed counts: word n-grams and character n-grams, each n-gram a bucket (feature hashing: Weinberger et al., ICML 2009, here without
/// the sign). Holds scratch memory; one per thread.
/// Its loops, like the other hot ones of the student, are compiled at full optimisation at once: a demo or a freshly started host has no time to warm up.
/// </summary>
internal sealed class FeatureHasher
{
    private readonly TextTokens _tokens = new();
    private readonly FeatureShape _shape;
    private readonly int[] _counts;
    private readonly ulong[] _wordHashes = new ulong[TextTokens.MaxCodePoints + 1];
    private int[] _buckets = new int[1024];
    private int[] _bucketCounts = new int[1024];
    private int _used;

    /// <summary>Creates a hasher with its scratch memory.</summary>
    public FeatureHasher(FeatureShape shape)
    {
        _shape = shape;
        _counts = new int[shape.BucketCount];
    }

    /// <summary>The distinct buckets of the last text: first those of words, then those of characters. A bucket may be in both parts.</summary>
    public ReadOnlySpan<int> Buckets => _buckets.AsSpan(0, _used);

    /// <summary>How often each of <see cref="Buckets"/> occurred.</summary>
    public ReadOnlySpan<int> Counts => _bucketCounts.AsSpan(0, _used);

    /// <summary>How many of <see cref="Buckets"/> are of words.</summary>
    public int WordBuckets { get; private set; }

    /// <summary>Reads a text into <see cref="Buckets"/> and <see cref="Counts"/>.</summary>
    public void Read(ReadOnlySpan<char> text)
    {
        _tokens.Read(text);
        _used = 0;
        AddWords();
        Settle(0);
        WordBuckets = _used;
        AddCharacters();
        Settle(WordBuckets);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddWords()
    {
        for (var word = 0; word < _tokens.WordCount; word++)
        {
            var hash = 0x9E3779B97F4A7C15UL;
            foreach (var point in _tokens.Word(word))
                hash = Step(hash, point);
            _wordHashes[word] = hash;
            Add(hash);
            for (var back = 1; back < _shape.WordNgrams && back <= word; back++)
                Add(hash = (_wordHashes[word - back] * 0xD6E8FEB86659FD93UL) ^ ulong.RotateLeft(hash, 29));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddCharacters()
    {
        var points = _tokens.Points;
        var (shortest, longest) = (_shape.ShortestCharNgram, _shape.LongestCharNgram);
        for (var start = 0; start < points.Length; start++)
        {
            var hash = 0xC2B2AE3D27D4EB4FUL;
            var end = Math.Min(points.Length, start + longest);
            for (var at = start; at < end; at++)
            {
                hash = Step(hash, points[at]);
                if (at - start + 1 >= shortest)
                    Add(hash);
                if (!_shape.CharsCrossWords && at > start && points[at] == ' ')
                    break;
            }
        }
    }

    private static ulong Step(ulong hash, int point) => (hash ^ (uint)point) * 0x9FB21C651E98DF25UL;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Add(ulong hash)
    {
        hash ^= hash >> 32;
        hash *= 0xFF51AFD7ED558CCDUL;
        var bucket = (int)(hash >> (64 - _shape.HashBits));
        if (_counts[bucket]++ > 0)
            return;
        if (_used == _buckets.Length)
        {
            Array.Resize(ref _buckets, _used * 2);
            Array.Resize(ref _bucketCounts, _used * 2);
        }

        _buckets[_used++] = bucket;
    }

    private void Settle(int from)
    {
        for (var i = from; i < _used; i++)
        {
            var bucket = _buckets[i];
            _bucketCounts[i] = _counts[bucket];
            _counts[bucket] = 0;
        }
    }
}
