using System.Runtime.CompilerServices;
using SelfImprove.Storage;

namespace SelfImprove.Testing.Loop;

/// <summary>
/// The store of a simulated world: in memory, outliving the world's process, copied in a moment. It can kill the process around a write (of anything but
/// the event log, which the tests play themselves); from then on nothing is written until the process is opened again.
/// </summary>
public sealed class WorldStore : IObjectStore
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, (ReadOnlyMemory<byte> Bytes, long Tag)> _objects = new(StringComparer.Ordinal);
    private (long Write, bool After)? _crashAt;
    private long _tag;

    /// <summary>Called when the process dies.</summary>
    public Action? Died { get; set; }

    /// <summary>Whether the process is dead.</summary>
    public bool IsDead { get; set; }

    /// <summary>Writes, appends and deletions so far, those of the event log left out.</summary>
    public long Writes { get; private set; }

    public IReadOnlyList<string> Paths
    {
        get { lock (_gate) return [.. _objects.Keys]; }
    }

    /// <summary>Dies around the write of that number, counted from now on.</summary>
    public void CrashAt(long write, bool after) => _crashAt = (Writes + write, after);

    public WorldStore Copy()
    {
        var copy = new WorldStore { _tag = _tag };
        lock (_gate)
            foreach (var (path, found) in _objects) copy._objects[path] = found;
        return copy;
    }

    public Task<StoredObject?> ReadAsync(string path, ByteRange? range = null, CancellationToken cancellationToken = default)
    {
        StoragePath.Check(path);
        lock (_gate)
        {
            if (!_objects.TryGetValue(path, out var found)) return Task.FromResult<StoredObject?>(null);
            var offset = (int)Math.Min(range?.Offset ?? 0, found.Bytes.Length);
            var length = (int)Math.Min(range?.Length ?? int.MaxValue, found.Bytes.Length - offset);
            return Task.FromResult<StoredObject?>(new StoredObject(found.Bytes.Slice(offset, length), $"{found.Tag}", found.Bytes.Length));
        }
    }

    public Task<WriteResult> WriteAsync(string path, ReadOnlyMemory<byte> bytes, WriteCondition condition = default, CancellationToken cancellationToken = default)
    {
        StoragePath.Check(path);
        lock (_gate)
        {
            var exists = _objects.TryGetValue(path, out var found);
            if (condition.Absent ? exists : condition.ETag is { } tag && (!exists || $"{found.Tag}" != tag)) return Task.FromResult(new WriteResult(false, null));
            Change(path, () => _objects[path] = (bytes.ToArray(), ++_tag));
            return Task.FromResult(new WriteResult(true, $"{_tag}"));
        }
    }

    public Task<AppendResult> AppendAsync(string path, ReadOnlyMemory<byte> bytes, long expectedLength, CancellationToken cancellationToken = default)
    {
        StoragePath.Check(path);
        lock (_gate)
        {
            var known = _objects.TryGetValue(path, out var found) ? found.Bytes : default;
            if (known.Length != expectedLength) return Task.FromResult(new AppendResult(false, known.Length));
            Change(path, () => _objects[path] = ((byte[])[.. known.Span, .. bytes.Span], ++_tag));
            return Task.FromResult(new AppendResult(true, expectedLength + bytes.Length));
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
            if (!_objects.TryGetValue(path, out var found) || (ifMatch is not null && $"{found.Tag}" != ifMatch)) return Task.FromResult(false);
            Change(path, () => _objects.Remove(path));
            return Task.FromResult(true);
        }
    }

    private void Change(string path, Action change)
    {
        if (path.StartsWith("log/", StringComparison.Ordinal))
        {
            change();
            return;
        }
        if (IsDead) throw new SimulatedCrashException();
        Writes++;
        if (_crashAt is not { } crash || crash.Write != Writes)
        {
            change();
            return;
        }
        _crashAt = null;
        if (crash.After) change();
        IsDead = true;
        Died?.Invoke();
        throw new SimulatedCrashException();
    }
}
