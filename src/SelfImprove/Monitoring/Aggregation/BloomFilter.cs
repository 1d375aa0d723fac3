namespace SelfImprove.Monitoring.Aggregation;

/// <summary>
/// A blocked Bloom filter (Putze, Sanders, Singler 2007): all probes of a key in one cache line. 16 bits a key and 7 probes answer
/// "maybe" for about 1 in 1,000 keys that are not there.
/// </summary>
internal sealed class BloomFilter
{
    private const int BitsPerKey = 16;
    private const int WordsPerBlock = 8;
    private const int Probes = 7;
    private readonly ulong[] _words;

    public BloomFilter(long keys) => _words = new ulong[Math.Max(1, (keys * BitsPerKey + 511) / 512) * WordsPerBlock];

    public BloomFilter(ulong[] words) => _words = words;

    public ReadOnlySpan<ulong> Words => _words;

    public void Add(UInt128 key)
    {
        var block = Block(key);
        var bits = (ulong)key;
        for (var probe = 0; probe < Probes; probe++, bits >>= 9) _words[block + (int)((bits >> 6) & 7)] |= 1UL << (int)(bits & 63);
    }

    public bool MayContain(UInt128 key)
    {
        var block = Block(key);
        var bits = (ulong)key;
        for (var probe = 0; probe < Probes; probe++, bits >>= 9)
            if ((_words[block + (int)((bits >> 6) & 7)] & (1UL << (int)(bits & 63))) == 0)
                return false;
        return true;
    }

    private int Block(UInt128 key) => (int)Math.BigMul((ulong)(key >> 64), (ulong)(_words.Length / WordsPerBlock), out _) * WordsPerBlock;
}
