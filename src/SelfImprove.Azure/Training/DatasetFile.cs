using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using SelfImprove.Storage;
using SelfImprove.Training;

namespace SelfImprove.Azure.Training;

/// <summary>A dataset in the store, read piece by piece: it may be larger than memory.</summary>
internal sealed class DatasetFile(IObjectStore store, string path)
{
    private const int BlockBytes = 8 * 1024 * 1024;

    /// <summary>Hash (16 hexadecimal digits) and length of the content; refuses images that the profile is not for, before anything is paid.</summary>
    public async Task<(string Hash, long Length)> MeasureAsync(TrainingProfile profile, string format, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (length, tail) = (0L, Array.Empty<byte>());
        await foreach (var block in ReadAsync(cancellationToken))
        {
            hash.AppendData(block.Span);
            length += block.Length;
            if (profile.Images && format == "sft") continue;
            // The word may lie across two blocks.
            byte[] seam = [.. tail, .. block.Span[..Math.Min(block.Length, 64)]];
            if (seam.AsSpan().IndexOf("\"image_url\""u8) >= 0 || block.Span.IndexOf("\"image_url\""u8) >= 0)
                throw new TrainingRefusedException(format == "sft"
                    ? $"{path} has images, but the training profile '{profile.Name}' is for text alone: name a profile with images in student.profile."
                    : $"{path} has images, but training on preferences takes text alone.");
            tail = block.Span[^Math.Min(block.Length, 64)..].ToArray();
        }
        return length > 0 ? (Convert.ToHexStringLower(hash.GetHashAndReset())[..16], length)
            : throw new TrainingRefusedException($"The dataset {path} is empty.");
    }

    /// <summary>The content in blocks.</summary>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (long offset = 0; ; offset += BlockBytes)
        {
            var found = await store.ReadAsync(path, new ByteRange(offset, BlockBytes), cancellationToken)
                ?? throw new TrainingRefusedException($"There is no dataset {path}.");
            if (found.Bytes.Length > 0) yield return found.Bytes;
            if (found.Bytes.Length < BlockBytes) yield break;
        }
    }
}
