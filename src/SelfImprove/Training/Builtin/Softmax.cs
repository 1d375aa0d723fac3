using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SelfImprove.Training.Builtin;

/// <summary>Scores to probabilities.</summary>
internal static class Softmax
{
    /// <summary>Replaces scores by probabilities; the greatest score is taken off first so that nothing overflows.</summary>
    public static void InPlace(Span<float> scores)
    {
        var most = float.NegativeInfinity;
        foreach (var score in scores)
            most = MathF.Max(most, score);
        var sum = 0f;
        for (var i = 0; i < scores.Length; i++)
            sum += scores[i] = MathF.Exp(scores[i] - most);
        for (var i = 0; i < scores.Length; i++)
            scores[i] /= sum;
    }

    /// <summary>Adds a multiple of one vector to another. Both are of whole vectors of eight, so that every class sees the same arithmetic wherever
    /// it stands.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddScaled(Span<float> into, ReadOnlySpan<float> from, float factor)
    {
        // Both are whole vectors long, for widths are multiples of eight lanes. A fused multiply-add rounds alike on all hardware.
        var a = MemoryMarshal.Cast<float, Vector256<float>>(into);
        var b = MemoryMarshal.Cast<float, Vector256<float>>(from);
        var f = Vector256.Create(factor);
        for (var i = 0; i < a.Length && i < b.Length; i++)
            a[i] = Vector256.FusedMultiplyAdd(b[i], f, a[i]);
    }
}
