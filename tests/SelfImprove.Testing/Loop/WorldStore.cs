using SelfImprove.Storage;

namespace SelfImprove.Testing.Loop;

/// <summary>
/// The store of a simulated world: in memory, outliving the world's process, copied in a moment. It can kill the process around a write (of anything but
/// the event log, which the tests play themselves); from then on nothing is written until the process is opened again.
/// </summary>
public sealed class WorldStore : IObjectStore
{
    private readonly Lock _gate = new();
    private readonly InMemoryStore _objects;
    private (long Write, bool After)? _crashAt;

    public WorldStore() : this(new InMemoryStore()) { }

    private WorldStore(InMemoryStore objects) => _objects = objects;

    /// <summary>Called when the process dies.</summary>
    public Action? Died { get; set; }

    /// <summary>Whether the process is dead.</summary>
    public bool IsDead { get; set; }

    /// <summary>Writes, appends and deletions so far, those of the event log left out.</summary>
    public long Writes { get; private set; }

    public IReadOnlyList<string> Paths => _objects.Paths;

    /// <summary>Dies around the write of that number, counted from now on.</summary>
    public void CrashAt(long write, bool after) => _crashAt = (Writes + write, after);

    public WorldStore Copy() => new(_objects.Copy());

    public Task<StoredObject?> ReadAsync(string path, ByteRange? range = null, CancellationToken cancellationToken = default) => _objects.ReadAsync(path, range, cancellationToken);

    public Task<WriteResult> WriteAsync(string path, ReadOnlyMemory<byte> bytes, WriteCondition condition = default, CancellationToken cancellationToken = default) => Change(
        path, found => condition.Absent ? found is null : condition.ETag is not { } tag || found?.ETag == tag, () => _objects.WriteAsync(path, bytes, condition, cancellationToken));

    public Task<AppendResult> AppendAsync(string path, ReadOnlyMemory<byte> bytes, long expectedLength, CancellationToken cancellationToken = default) =>
        Change(path, found => (found?.Length ?? 0) == expectedLength, () => _objects.AppendAsync(path, bytes, expectedLength, cancellationToken));

    public IAsyncEnumerable<StoredEntry> ListAsync(string prefix, string? after = null, CancellationToken cancellationToken = default) => _objects.ListAsync(prefix, after, cancellationToken);

    public Task<bool> DeleteAsync(string path, string? ifMatch = null, CancellationToken cancellationToken = default) =>
        Change(path, found => found is not null && (ifMatch is null || found.ETag == ifMatch), () => _objects.DeleteAsync(path, ifMatch, cancellationToken));

    /// <summary>What would change nothing is no write: nobody dies of it. The store in memory answers at once.</summary>
    private Task<T> Change<T>(string path, Func<StoredObject?, bool> changes, Func<Task<T>> change)
    {
        lock (_gate)
        {
            if (path.StartsWith("log/", StringComparison.Ordinal) || !changes(_objects.ReadAsync(path, new ByteRange(0, 0)).Result)) return change();
            if (IsDead) throw new SimulatedCrashException();
            Writes++;
            if (_crashAt is not { } crash || crash.Write != Writes) return change();
            _crashAt = null;
            if (crash.After) change();
            IsDead = true;
            Died?.Invoke();
            throw new SimulatedCrashException();
        }
    }
}
