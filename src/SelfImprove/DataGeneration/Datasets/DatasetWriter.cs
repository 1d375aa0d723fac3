using System.Security.Cryptography;
using System.Text;
using SelfImprove.Orchestration;
using SelfImprove.Storage;

namespace SelfImprove.DataGeneration.Datasets;

/// <summary>
/// Writes a file of lines piece by piece, hashing on the way. What an earlier execution of the same work has written already is compared
/// instead of written again, so a repeated or doubled activity ends with the same bytes.
/// </summary>
internal sealed class DatasetWriter(IObjectStore store, string path) : IDisposable
{
    private const int Piece = 4 << 20;
    private readonly MemoryStream _buffer = new();
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _length;

    /// <summary>Adds a line.</summary>
    public async Task WriteAsync(string line, CancellationToken cancellationToken)
    {
        _buffer.Write(Encoding.UTF8.GetBytes(line));
        _buffer.WriteByte((byte)'\n');
        if (_buffer.Length >= Piece) await FlushAsync(cancellationToken);
    }

    /// <summary>Writes what is left, and gives the SHA-256 of everything, lower-case hexadecimal.</summary>
    public async Task<string> CompleteAsync(CancellationToken cancellationToken)
    {
        if (_buffer.Length > 0 || _length == 0) await FlushAsync(cancellationToken);
        if (await store.ReadAsync(path, new ByteRange(0, 0), cancellationToken) is { } stored && stored.Length != _length) await RefuseAsync(cancellationToken);
        return Convert.ToHexStringLower(_hash.GetHashAndReset());
    }

    public void Dispose()
    {
        _hash.Dispose();
        _buffer.Dispose();
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        var bytes = _buffer.GetBuffer().AsMemory(0, (int)_buffer.Length);
        var written = bytes;
        while (written.Length > 0)
        {
            var offset = _length + bytes.Length - written.Length;
            if ((await store.AppendAsync(path, written, offset, cancellationToken)).Appended) break;
            var there = await store.ReadAsync(path, new ByteRange(offset, written.Length), cancellationToken);
            if (there is null || there.Bytes.Length == 0 || !there.Bytes.Span.SequenceEqual(written.Span[..there.Bytes.Length]))
                await RefuseAsync(cancellationToken);
            written = written[there!.Bytes.Length..];
        }
        _hash.AppendData(bytes.Span);
        _length += bytes.Length;
        _buffer.SetLength(0);
    }

    // Other bytes are there: what a killed execution wrote from other inputs. It has no card, so nobody read it.
    private async Task RefuseAsync(CancellationToken cancellationToken)
    {
        await store.DeleteAsync(path, cancellationToken: cancellationToken);
        throw new TransientException($"{path} held an unfinished other version; it was removed and is written again.");
    }
}
