using SelfImprove.Storage;

namespace SelfImprove.Tests.Agents;

/// <summary>An object store in memory, with hooks for tests: what happens just before an operation, and how many there were.</summary>
public sealed class MemoryStore : IObjectStore
{
    private readonly InMemoryStore _objects = new();
    private readonly Lock _gate = new();

    public Func<string, Task>? BeforeWrite { get; set; }

    public Func<string, Task>? BeforeAppend { get; set; }

    public Func<string, Task>? BeforeRead { get; set; }

    public Func<string, Task>? AfterRead { get; set; }

    /// <summary>Writes that still succeed; the next one throws, as a crash would. Null for no crash.</summary>
    public int? WritesUntilCrash { get; set; }

    public int Reads { get; private set; }

    public int Writes { get; private set; }

    public IReadOnlyList<string> Paths => _objects.Paths;

    public async Task<StoredObject?> ReadAsync(string path, ByteRange? range = null, CancellationToken cancellationToken = default)
    {
        if (BeforeRead is not null) await BeforeRead(path);
        lock (_gate) Reads++;
        var read = await _objects.ReadAsync(path, range, cancellationToken);
        if (AfterRead is not null) await AfterRead(path);
        return read;
    }

    public async Task<WriteResult> WriteAsync(string path, ReadOnlyMemory<byte> bytes, WriteCondition condition = default, CancellationToken cancellationToken = default)
    {
        if (BeforeWrite is not null) await BeforeWrite(path);
        lock (_gate)
        {
            Crash();
            // In memory, a write is done when it returns.
            var result = _objects.WriteAsync(path, bytes, condition, cancellationToken).Result;
            if (result.Written) Writes++;
            return result;
        }
    }

    public async Task<AppendResult> AppendAsync(string path, ReadOnlyMemory<byte> bytes, long expectedLength, CancellationToken cancellationToken = default)
    {
        if (BeforeAppend is not null) await BeforeAppend(path);
        lock (_gate) Crash();
        return await _objects.AppendAsync(path, bytes, expectedLength, cancellationToken);
    }

    public IAsyncEnumerable<StoredEntry> ListAsync(string prefix, string? after = null, CancellationToken cancellationToken = default) => _objects.ListAsync(prefix, after, cancellationToken);

    public Task<bool> DeleteAsync(string path, string? ifMatch = null, CancellationToken cancellationToken = default)
    {
        lock (_gate) Crash();
        return _objects.DeleteAsync(path, ifMatch, cancellationToken);
    }

    private void Crash()
    {
        if (WritesUntilCrash is not { } left) return;
        if (left == 0) throw new IOException("The process died here.");
        WritesUntilCrash = left - 1;
    }
}
