using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace SelfImprove.Monitoring.Aggregation;

/// <summary>
/// Fast hashes of ids and contents by folded 64x64-bit multiplication. Stable: they are stored. Not cryptographic: whoever may write an
/// agent's events could make two ids collide, and would harm that agent's own counts alone.
/// </summary>
internal static class Fingerprint
{
    private const ulong P0 = 0x9E3779B97F4A7C15, P1 = 0xBF58476D1CE4E5B9, P2 = 0x94D049BB133111EB, P3 = 0xD6E8FEB86659FD93;

    /// <summary>The key of an id within its kind; 128 bits, so that no two ids of one agent ever meet by chance.</summary>
    public static UInt128 Key(ReadOnlySpan<byte> id, EntryKind kind) =>
        new(Hash(id, P2 * ((ulong)kind + 1)), Hash(id, P3 * ((ulong)kind + 1)));

    /// <summary>The content of an event: all but the value of its time, for the receiver may have set that.</summary>
    public static ulong Content(ReadOnlySpan<byte> body, int timeStart, int timeLength) =>
        timeLength == 0 ? Hash(body, P0) : Hash(body[(timeStart + timeLength)..], Hash(body[..timeStart], P0));

    public static ulong Hash(ReadOnlySpan<byte> data, ulong seed)
    {
        var h = seed ^ ((ulong)data.Length * P0);
        if (data.Length >= 64)
        {
            // Four chains side by side: a multiplication need not wait for the one before.
            var (a, b, c, d) = (h, h ^ P1, h ^ P2, h ^ P3);
            for (; data.Length >= 64; data = data[64..])
            {
                a = Step(a, Word(data, 0), Word(data, 8));
                b = Step(b, Word(data, 16), Word(data, 24));
                c = Step(c, Word(data, 32), Word(data, 40));
                d = Step(d, Word(data, 48), Word(data, 56));
            }
            h = Step(Step(h, a, b), c, d);
        }
        while (data.Length >= 16)
        {
            h = Step(h, BinaryPrimitives.ReadUInt64LittleEndian(data), BinaryPrimitives.ReadUInt64LittleEndian(data[8..]));
            data = data[16..];
        }
        if (data.Length > 0)
        {
            Span<byte> last = stackalloc byte[16];
            last.Clear();
            data.CopyTo(last);
            h = Step(h, BinaryPrimitives.ReadUInt64LittleEndian(last), BinaryPrimitives.ReadUInt64LittleEndian(last[8..]));
        }
        return Fold(h ^ P3, h ^ P1);
    }

    private static ulong Word(ReadOnlySpan<byte> data, int at) => BinaryPrimitives.ReadUInt64LittleEndian(data[at..]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Step(ulong h, ulong a, ulong b) => BitOperations.RotateLeft(h, 23) + Fold(a ^ P1, b ^ h ^ P2);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out var low);
        return high ^ low;
    }
}
