using SelfImprove.Statistics.Randomness;

namespace SelfImprove.Statistics.Similarity;

/// <summary>
/// MinHash signatures: the share of equal places in two signatures estimates the Jaccard overlap of the two sets (Broder, "On the resemblance and containment
/// of documents", 1997).
/// Permutation i of element x is ((a_i x + b_i) mod (2^61 - 1)) and (2^32 - 1); x is 32 bits of a stable hash. The same seed gives the same signature
/// everywhere, for ever.
/// </summary>
public sealed class MinHash
{
    /// <summary>The usual number of permutations: a standard error of at most .044.</summary>
    public const int DefaultPermutations = 128;

    private const ulong MersennePrime = (1UL << 61) - 1;
    private readonly ulong[] _a, _b;

    /// <summary>Draws <paramref name="permutations"/> permutations from <paramref name="seed"/>; signatures of different seeds cannot be compared.</summary>
    public MinHash(int permutations = DefaultPermutations, ulong seed = 1)
    {
        Require.AtLeast(permutations, 1);
        var random = new SeededRandom(seed).Split("minhash");
        _a = new ulong[permutations];
        _b = new ulong[permutations];
        for (var i = 0; i < permutations; i++)
        {
            _a[i] = 1 + random.NextUInt64() % (MersennePrime - 1);
            _b[i] = random.NextUInt64() % MersennePrime;
        }
    }

    /// <summary>Number of permutations, and length of a signature.</summary>
    public int Permutations => _a.Length;

    /// <summary>One permutation of an element: ((a x + b) mod (2^61 - 1)) and (2^32 - 1).</summary>
    public static uint Permute(uint x, ulong a, ulong b)
    {
        // a < 2^61, x < 2^32: the product needs 93 bits. Modulo a Mersenne prime the high part simply adds to the low.
        var product = (UInt128)a * x + b;
        var folded = (ulong)(product & MersennePrime) + (ulong)(product >> 61);
        if (folded >= MersennePrime) folded -= MersennePrime;
        return (uint)folded;
    }

    /// <summary>The signature of a set; an empty set has the largest value at every place.</summary>
    public uint[] Signature(IEnumerable<string> elements)
    {
        ArgumentNullException.ThrowIfNull(elements);
        var signature = new uint[_a.Length];
        Array.Fill(signature, uint.MaxValue);
        foreach (var element in elements)
        {
            var x = (uint)SeededRandom.Hash(element);
            for (var i = 0; i < signature.Length; i++)
            {
                var h = Permute(x, _a[i], _b[i]);
                if (h < signature[i]) signature[i] = h;
            }
        }
        return signature;
    }

    /// <summary>Estimated Jaccard overlap of the sets behind two signatures of the same length.</summary>
    public static double Similarity(ReadOnlySpan<uint> a, ReadOnlySpan<uint> b)
    {
        Require.SameLength(a.Length, b.Length);
        if (a.Length == 0) throw new ArgumentException("A signature has at least one place.", nameof(a));
        var equal = 0;
        for (var i = 0; i < a.Length; i++)
            if (a[i] == b[i]) equal++;
        return equal / (double)a.Length;
    }
}
