using System.Runtime.CompilerServices;
using SelfImprove.Storage;

namespace SelfImprove.Tests.Agents;

/// <summary>An object store in memory, with hooks for tests: what happens just before an operation, and how many there were.</summary>
public sealed class MemoryStore : IObjectStore
{
    private readonly SortedDictionary<string, (byte[] Bytes, long Tag)> _objects = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private long _tag;

    public Func<string, Task>? BeforeWrite { get; set; }

    public Func<string, Task>? BeforeAppend { get; set; }

    public Func<string, Task>? BeforeRead { get; set; }

    public Func<string, Task>? AfterRead { get; set; }

    /// <summary>Writes that still succeed; the next one throws, as a crash would. Null for no crash.</summary>
    public int? WritesUntilCrash { get; set; }

    public int Reads { get; private set; }

    public int Writes { get; private set; }

    public IReadOnlyList<string> Paths
    {
        get { lock (_gate) return [.. _objects.Keys]; }
    }

    public async Task<StoredObject?> ReadAsync(string path, ByteRange? range = null, CancellationToken cancellationToken = default)
    {
        StoragePath.Check(path);
        if (BeforeRead is not null) await BeforeRead(path);
        StoredObject? read = null;
        lock (_gate)
        {
            Reads++;
            if (_objects.TryGetValue(path, out var found))
            {
                var offset = (int)Math.Min(range?.Offset ?? 0, found.Bytes.Length);
                var length = (int)Math.Min(range?.Length ?? int.MaxValue, found.Bytes.Length - offset);
                read = new StoredObject(found.Bytes.AsMemory(offset, length), found.Tag.ToString(), found.Bytes.Length);
            }
        }
        if (AfterRead is not null) await AfterRead(path);
        return read;
    }

    public async Task<WriteResult> WriteAsync(string path, ReadOnlyMemory<byte> bytes, WriteCondition condition = default, CancellationToken cancellationToken = default)
    {
        StoragePath.Check(path);
        if (BeforeWrite is not null) await BeforeWrite(path);
        lock (_gate)
        {
            Crash();
            var exists = _objects.TryGetValue(path, out var found);
            if (condition.Absent ? exists : condition.ETag is { } tag && (!exists || found.Tag.ToString() != tag)) return new WriteResult(false, null);
            Writes++;
            _objects[path] = (bytes.ToArray(), ++_tag);
            return new WriteResult(true, _tag.ToString());
        }
    }

    public async Task<AppendResult> AppendAsync(string path, ReadOnlyMemory<byte> bytes, long expectedLength, CancellationToken cancellationToken = default)
    {
        StoragePath.Check(path);
        if (BeforeAppend is not null) await BeforeAppend(path);
        lock (_gate)
        {
            Crash();
            var found = _objects.TryGetValue(path, out var known) ? known.Bytes : [];
            if (found.Length != expectedLength) return new AppendResult(false, found.Length);
            _objects[path] = ([.. found, .. bytes.Span], ++_tag);
            return new AppendResult(true, expectedLength + bytes.Length);
        }
    }

    public async IAsyncEnumerable<StoredEntry> ListAsync(string prefix, string? after = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        StoragePath.CheckPrefix(prefix);
        StoredEntry[] entries;
        lock (_gate)
        {
            entries = [.. _objects.Where(o => o.Key.StartsWith(prefix, StringComparison.Ordinal) && (after is null || string.CompareOrdinal(o.Key, after) > 0))
                .Select(o => new StoredEntry(o.Key, o.Value.Bytes.Length))];
        }
        await Task.CompletedTask;
        foreach (var entry in entries) yield return entry;
    }

    public Task<bool> DeleteAsync(string path, string? ifMatch = null, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            Crash();
            if (!_objects.TryGetValue(path, out var found) || (ifMatch is not null && found.Tag.ToString() != ifMatch)) return Task.FromResult(false);
            return Task.FromResult(_objects.Remove(path));
        }
    }

    private void Crash()
    {
        if (WritesUntilCrash is not { } left) return;
        if (left == 0) throw new IOException("The process died here.");
        WritesUntilCrash = left - 1;
    }
}
