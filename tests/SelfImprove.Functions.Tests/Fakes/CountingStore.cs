using System.Runtime.CompilerServices;
using SelfImprove.Storage;

namespace SelfImprove.Functions.Tests.Fakes;

/// <summary>Counts what a bill would: every call, and of a listing every page of 5,000 that was asked for.</summary>
internal sealed class CountingStore(IObjectStore inner) : IObjectStore
{
    private const int Page = 5_000;
    private int _transactions;

    public int Transactions => _transactions;

    public int Reset() => Interlocked.Exchange(ref _transactions, 0);

    public Task<StoredObject?> ReadAsync(string path, ByteRange? range = null, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _transactions);
        return inner.ReadAsync(path, range, cancellationToken);
    }

    public Task<WriteResult> WriteAsync(string path, ReadOnlyMemory<byte> bytes, WriteCondition condition = default, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _transactions);
        return inner.WriteAsync(path, bytes, condition, cancellationToken);
    }

    public Task<AppendResult> AppendAsync(string path, ReadOnlyMemory<byte> bytes, long expectedLength, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _transactions);
        return inner.AppendAsync(path, bytes, expectedLength, cancellationToken);
    }

    public async IAsyncEnumerable<StoredEntry> ListAsync(string prefix, string? after = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var listed = 0;
        Interlocked.Increment(ref _transactions);
        await foreach (var entry in inner.ListAsync(prefix, after, cancellationToken))
        {
            if (++listed % Page == 0) Interlocked.Increment(ref _transactions);
            yield return entry;
        }
    }

    public Task<bool> DeleteAsync(string path, string? ifMatch = null, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _transactions);
        return inner.DeleteAsync(path, ifMatch, cancellationToken);
    }
}
