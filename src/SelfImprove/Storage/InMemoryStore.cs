using System.Globalization;
using System.Runtime.CompilerServices;

namespace SelfImprove.Storage;

/// <summary>
/// A store in memory, for simulations and tests: it lives as long as the process, and keeps every other promise of <see cref="IObjectStore"/>. Thread-safe;
/// what was read stays as it was. An append costs what it adds, not what is there already.
/// </summary>
public sealed class InMemoryStore : IObjectStore
{
    // Greater than any character that a path may have.
    private const char Highest = '\x7f';

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Held> _objects = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _paths = new(StringComparer.Ordinal);
    private long _tag;

    /// <summary>All paths, in ordinal order.</summary>
    public IReadOnlyList<string> Paths
    {
        get { lock (_gate) return [.. _paths]; }
    }

    /// <summary>A store of its own with the same objects.</summary>
    public InMemoryStore Copy()
    {
        var copy = new InMemoryStore();
        lock (_gate)
        {
            copy._tag = _tag;
            foreach (var (path, held) in _objects)
            {
                // Without room to spare, so that the first append to either moves it.
                copy._objects[path] = new Held(held.Buffer.AsSpan(0, held.Length).ToArray(), held.Length, held.Tag);
                copy._paths.Add(path);
            }
        }
        return copy;
    }

    /// <inheritdoc/>
    public Task<StoredObject?> ReadAsync(string path, ByteRange? range = null, CancellationToken cancellationToken = default)
    {
        StoragePath.Check(path);
        cancellationToken.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfNegative(range?.Offset ?? 0, nameof(range));
        ArgumentOutOfRangeException.ThrowIfNegative(range?.Length ?? 0, nameof(range));
        Held held;
        lock (_gate)
            if (!_objects.TryGetValue(path, out held)) return Task.FromResult<StoredObject?>(null);
        var offset = (int)Math.Min(range?.Offset ?? 0, held.Length);
        var length = (int)Math.Min(range?.Length ?? long.MaxValue, held.Length - offset);
        return Task.FromResult<StoredObject?>(new StoredObject(held.Buffer.AsMemory(offset, length), held.ETag, held.Length));
    }

    /// <inheritdoc/>
    public Task<WriteResult> WriteAsync(string path, ReadOnlyMemory<byte> bytes, WriteCondition condition = default, CancellationToken cancellationToken = default)
    {
        StoragePath.Check(path);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            var exists = _objects.TryGetValue(path, out var held);
            if (condition.Absent ? exists : condition.ETag is { } wanted && (!exists || held.ETag != wanted)) return Task.FromResult(new WriteResult(false, null));
            return Task.FromResult(new WriteResult(true, Put(path, bytes.ToArray(), bytes.Length).ETag));
        }
    }

    /// <inheritdoc/>
    public Task<AppendResult> AppendAsync(string path, ReadOnlyMemory<byte> bytes, long expectedLength, CancellationToken cancellationToken = default)
    {
        StoragePath.Check(path);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            var held = _objects.TryGetValue(path, out var found) ? found : new Held([], 0, 0);
            if (held.Length != expectedLength) return Task.FromResult(new AppendResult(false, held.Length));
            var buffer = held.Buffer;
            var length = held.Length + bytes.Length;
            // Readers have the part before the end only, and that never changes.
            if (length > buffer.Length)
            {
                buffer = new byte[Math.Max(length, (int)Math.Min(2L * buffer.Length, Array.MaxLength))];
                held.Buffer.AsSpan(0, held.Length).CopyTo(buffer);
            }
            bytes.Span.CopyTo(buffer.AsSpan(held.Length));
            Put(path, buffer, length);
            return Task.FromResult(new AppendResult(true, length));
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredEntry> ListAsync(string prefix, string? after = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        StoragePath.CheckPrefix(prefix);
        cancellationToken.ThrowIfCancellationRequested();
        var (from, to) = (after is not null && string.CompareOrdinal(after, prefix) > 0 ? after : prefix, prefix + Highest);
        if (string.CompareOrdinal(from, to) > 0) yield break;
        List<StoredEntry> entries = [];
        lock (_gate)
        {
            foreach (var path in _paths.GetViewBetween(from, to))
                if (path != after) entries.Add(new StoredEntry(path, _objects[path].Length));
        }
        await Task.CompletedTask;
        foreach (var entry in entries) yield return entry;
    }

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(string path, string? ifMatch = null, CancellationToken cancellationToken = default)
    {
        StoragePath.Check(path);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (!_objects.TryGetValue(path, out var held) || (ifMatch is not null && held.ETag != ifMatch)) return Task.FromResult(false);
            _objects.Remove(path);
            _paths.Remove(path);
            return Task.FromResult(true);
        }
    }

    private Held Put(string path, byte[] buffer, int length)
    {
        var held = new Held(buffer, length, ++_tag);
        _objects[path] = held;
        _paths.Add(path);
        return held;
    }

    private readonly record struct Held(byte[] Buffer, int Length, long Tag)
    {
        public string ETag => Tag.ToString(CultureInfo.InvariantCulture);
    }
}
