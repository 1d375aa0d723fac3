using System.Numerics;
using System.Text;

namespace SelfImprove.Statistics.Randomness;

/// <summary>
/// Reproducible randomness: the same seed gives the same numbers on every machine and every .NET version, which <see cref="Random"/> does not promise.
/// xoshiro256** (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021) seeded through SplitMix64. Not for secrets; not thread-safe:
/// split one stream per thread.
/// </summary>
public sealed class SeededRandom
{
    private readonly ulong _seed;
    private ulong _s0, _s1, _s2, _s3;
    private double _spareGaussian = double.NaN;

    /// <summary>Starts the stream of <paramref name="seed"/>; every value is a good seed, 0 included.</summary>
    public SeededRandom(ulong seed)
    {
        _seed = seed;
        var x = seed;
        _s0 = SplitMix(ref x);
        _s1 = SplitMix(ref x);
        _s2 = SplitMix(ref x);
        _s3 = SplitMix(ref x);
    }

    /// <summary>Starts the stream named by a text, for instance a run's id.</summary>
    public SeededRandom(string seed) : this(Hash(seed)) { }

    /// <summary>The seed that this stream started from.</summary>
    public ulong Seed => _seed;

    /// <summary>A stable 64-bit hash of a text's UTF-8 bytes: FNV-1a with a SplitMix64 finish. Not cryptographic.</summary>
    public static ulong Hash(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var hash = 14695981039346656037UL;
        foreach (var b in Encoding.UTF8.GetBytes(text)) hash = (hash ^ b) * 1099511628211UL;
        return SplitMix(ref hash);
    }

    /// <summary>
    /// A stream of its own for one purpose. It depends on this stream's seed and the label alone, never on how much was drawn, so adding a draw in one place
    /// changes nothing elsewhere.
    /// </summary>
    public SeededRandom Split(string label)
    {
        var mixed = _seed;
        return new SeededRandom(SplitMix(ref mixed) ^ BitOperations.RotateLeft(Hash(label), 17));
    }

    /// <summary>A stream of its own for the <paramref name="index"/>th item.</summary>
    public SeededRandom Split(long index)
    {
        var mixed = _seed;
        var item = (ulong)index ^ 0xD1B54A32D192ED03UL;
        return new SeededRandom(SplitMix(ref mixed) ^ BitOperations.RotateLeft(SplitMix(ref item), 29));
    }

    /// <summary>64 uniform bits.</summary>
    public ulong NextUInt64()
    {
        var result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        var t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>Uniform in [0, 1) with 53 bits.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>
    /// Uniform integer in [0, <paramref name="exclusiveMaximum"/>), without modulo bias (Lemire, "Fast random integer generation in an interval", 2019).
    /// </summary>
    public int Next(int exclusiveMaximum)
    {
        if (exclusiveMaximum <= 0) throw new ArgumentOutOfRangeException(nameof(exclusiveMaximum), exclusiveMaximum, "The exclusive maximum must be above 0.");
        var range = (uint)exclusiveMaximum;
        var product = (NextUInt64() >> 32) * range;
        if ((uint)product < range)
        {
            var refuse = (uint)-(int)range % range;
            while ((uint)product < refuse) product = (NextUInt64() >> 32) * range;
        }
        return (int)(product >> 32);
    }

    /// <summary>Uniform integer in [<paramref name="minimum"/>, <paramref name="exclusiveMaximum"/>).</summary>
    public int Next(int minimum, int exclusiveMaximum) => minimum + Next(checked(exclusiveMaximum - minimum));

    /// <summary>True with probability <paramref name="probability"/>.</summary>
    public bool NextBool(double probability) => NextDouble() < probability;

    /// <summary>A standard normal number (Marsaglia's polar method).</summary>
    public double NextGaussian()
    {
        if (!double.IsNaN(_spareGaussian))
        {
            var spare = _spareGaussian;
            _spareGaussian = double.NaN;
            return spare;
        }
        double u, v, s;
        do
        {
            u = 2 * NextDouble() - 1;
            v = 2 * NextDouble() - 1;
            s = u * u + v * v;
        }
        while (s >= 1 || s == 0);
        var scale = Math.Sqrt(-2 * Math.Log(s) / s);
        _spareGaussian = v * scale;
        return u * scale;
    }

    /// <summary>A Gamma(<paramref name="shape"/>, 1) number (Marsaglia and Tsang, "A simple method for generating gamma variables", 2000).</summary>
    public double NextGamma(double shape)
    {
        Require.Positive(shape);
        if (shape < 1) return NextGamma(shape + 1) * Math.Pow(1 - NextDouble(), 1 / shape);
        var d = shape - 1.0 / 3;
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = NextGaussian();
            var v = 1 + c * x;
            if (v <= 0) continue;
            v = v * v * v;
            if (Math.Log(1 - NextDouble()) < 0.5 * x * x + d - d * v + d * Math.Log(v)) return d * v;
        }
    }

    /// <summary>A Beta(<paramref name="alpha"/>, <paramref name="beta"/>) number.</summary>
    public double NextBeta(double alpha, double beta)
    {
        var a = NextGamma(alpha);
        return a / (a + NextGamma(beta));
    }

    /// <summary>Shuffles in place, every order equally likely (Fisher-Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>Up to <paramref name="count"/> different items, in random order; all of them where there are no more.</summary>
    public IReadOnlyList<T> Sample<T>(IReadOnlyList<T> items, int count)
    {
        ArgumentNullException.ThrowIfNull(items);
        Require.AtLeast(count, 0);
        var pool = items.ToArray();
        var take = Math.Min(count, pool.Length);
        for (var i = 0; i < take; i++)
        {
            var j = i + Next(pool.Length - i);
            (pool[i], pool[j]) = (pool[j], pool[i]);
        }
        return pool[..take];
    }

    private static ulong SplitMix(ref ulong state)
    {
        var z = state += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
