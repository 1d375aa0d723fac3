using System.Runtime.CompilerServices;
using SelfImprove.Storage;

namespace SelfImprove.Tests.Monitoring.Support;

/// <summary>A store in memory; fails on demand at the k-th change, before or after it takes effect.</summary>
internal sealed class MemoryStore : IObjectStore
{
    private readonly SortedDictionary<string, (byte[] Bytes, int Length, long Version)> _objects = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private long _version;

    public int Changes { get; private set; }
    public long BytesRead { get; private set; }
    public int Reads { get; private set; }
    public long BytesWritten { get; private set; }
    public int Listed { get; private set; }

    /// <summary>Decides, given the path and the number of the change, whether it fails: null no, false before, true after it took effect.</summary>
    public Func<string, int, bool?>? Fail { get; set; }

    /// <summary>Awaited before each append.</summary>
    public Func<string, Task>? BeforeAppend { get; set; }

    public IReadOnlyList<string> Paths
    {
        get { lock (_lock) return [.. _objects.Keys]; }
    }

    public string Text(string path)
    {
        lock (_lock) return System.Text.Encoding.UTF8.GetString(_objects[path].Bytes, 0, _objects[path].Length);
    }

    public void AppendRaw(string path, string text)
    {
        lock (_lock)
        {
            var (bytes, length, _) = _objects.TryGetValue(path, out var old) ? old : ([], 0, 0);
            byte[] all = [.. bytes[..length], .. System.Text.Encoding.UTF8.GetBytes(text)];
            _objects[path] = (all, all.Length, ++_version);
        }
    }

    public void Truncate(string path, int length)
    {
        lock (_lock) _objects[path] = (_objects[path].Bytes[..length], length, ++_version);
    }

    public Task<StoredObject?> ReadAsync(string path, ByteRange? range = null, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (!_objects.TryGetValue(path, out var found)) return Task.FromResult<StoredObject?>(null);
            var start = (int)Math.Min(range?.Offset ?? 0, found.Length);
            var length = (int)Math.Min(range?.Length ?? long.MaxValue, found.Length - start);
            Reads++;
            BytesRead += length;
            return Task.FromResult<StoredObject?>(new StoredObject(found.Bytes.AsMemory(start, length).ToArray(), $"e{found.Version}", found.Length));
        }
    }

    public Task<WriteResult> WriteAsync(string path, ReadOnlyMemory<byte> bytes, WriteCondition condition = default, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            var exists = _objects.TryGetValue(path, out var found);
            if ((condition.Absent && exists) || (condition.ETag is { } etag && (!exists || etag != $"e{found.Version}"))) return Task.FromResult(new WriteResult(false, null));
            BytesWritten += bytes.Length;
            Change(path, () => _objects[path] = (bytes.ToArray(), bytes.Length, ++_version));
            return Task.FromResult(new WriteResult(true, $"e{_version}"));
        }
    }

    public async Task<AppendResult> AppendAsync(string path, ReadOnlyMemory<byte> bytes, long expectedLength, CancellationToken cancellationToken = default)
    {
        if (BeforeAppend is { } wait) await wait(path);
        lock (_lock)
        {
            var (old, length, _) = _objects.TryGetValue(path, out var found) ? found : ([], 0, 0);
            if (length != expectedLength) return new AppendResult(false, length);
            BytesWritten += bytes.Length;
            Change(path, () =>
            {
                if (length + bytes.Length > old.Length) Array.Resize(ref old, Math.Max(old.Length * 2, length + bytes.Length));
                bytes.CopyTo(old.AsMemory(length));
                _objects[path] = (old, length + bytes.Length, ++_version);
            });
            return new AppendResult(true, length + bytes.Length);
        }
    }

    public async IAsyncEnumerable<StoredEntry> ListAsync(string prefix, string? after = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        List<StoredEntry> entries;
        lock (_lock)
            entries = [.. _objects.Where(o => o.Key.StartsWith(prefix, StringComparison.Ordinal) && (after is null || string.CompareOrdinal(o.Key, after) > 0)).Select(o => new StoredEntry(o.Key, o.Value.Length))];
        Listed += entries.Count;
        foreach (var entry in entries) yield return entry;
    }

    public Task<bool> DeleteAsync(string path, string? ifMatch = null, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (!_objects.TryGetValue(path, out var found) || (ifMatch is not null && ifMatch != $"e{found.Version}")) return Task.FromResult(false);
            Change(path, () => _objects.Remove(path));
            return Task.FromResult(true);
        }
    }

    private void Change(string path, Action effect)
    {
        Changes++;
        var fails = Fail?.Invoke(path, Changes);
        if (fails != false) effect();
        if (fails is not null) throw new IOException($"change {Changes} of {path} failed");
    }
}
