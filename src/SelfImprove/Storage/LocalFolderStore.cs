using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace SelfImprove.Storage;

/// <summary>
/// Objects as plain files under a folder, for one machine. A write goes to a temporary file, is flushed, and is renamed into place; then the
/// folder is flushed. An append is written in place and flushed: after a power cut in the middle, the object may end in a part of the bytes that
/// were never acknowledged, and its length counts them; readers of appended objects expect a torn last line.
/// <para>
/// The ETag is the file's time and length. Every change sets a time later than the file's last and than any this process has set, so no two
/// versions share one, and an edit by hand is seen too. Changes exclude each other by path, within the process and between processes; locks end
/// with their process. Reads take no lock: they see the object before or after a change, and of an append by this process only what is flushed.
/// </para>
/// </summary>
public sealed class LocalFolderStore : IObjectStore, IDisposable
{
    // The store's own files live under a name that no valid path can have.
    private const string Private = ".store";
    private const int ManyFolders = 10_000;
    private const int LargeRead = 1 << 20;

    private readonly string _root;
    private readonly string _temporary;
    private readonly VersionStamps _stamps;
    private readonly IFileLayer _files;
    private readonly PathLocks _locks;
    private readonly OpenAppends _open = new(capacity: 64);
    private readonly ConcurrentDictionary<string, bool> _lastingFolders = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _flushedLengths = new(StringComparer.Ordinal);

    /// <summary>Opens the folder, creating it where it is missing, and removes what an interrupted write left behind.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="clock">Stamps changes; use the system's clock here even where a program simulates its own.</param>
    /// <param name="files">The file system beneath; the machine's where null.</param>
    /// <exception cref="StorageException">The folder cannot be created or written.</exception>
    public LocalFolderStore(string root, TimeProvider clock, IFileLayer? files = null)
    {
        _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        _stamps = new VersionStamps(clock);
        _files = files ?? new PhysicalFileLayer();
        var own = Path.Combine(_root, Private);
        _temporary = Path.Combine(own, "tmp");
        var lockFolder = Path.Combine(own, "locks");
        _locks = new PathLocks(_files, lockFolder);
        Try(root, "open the store in", () =>
        {
            EnsureFolder(_temporary);
            EnsureFolder(lockFolder);
            RemoveTemporary();
            return 0;
        });
    }

    /// <inheritdoc/>
    public async Task<StoredObject?> ReadAsync(string path, ByteRange? range = null, CancellationToken cancellationToken = default)
    {
        var file = Locate(path);
        var (offset, most) = (range?.Offset ?? 0, range?.Length ?? long.MaxValue);
        ArgumentOutOfRangeException.ThrowIfNegative(offset, nameof(range));
        ArgumentOutOfRangeException.ThrowIfNegative(most, nameof(range));
        cancellationToken.ThrowIfCancellationRequested();

        // Small reads are mostly from the page cache, where a change of thread costs more than the read.
        if (most > LargeRead && _files.Status(file)?.Length > LargeRead)
            return await Task.Run(() => Read(path, file, offset, most), cancellationToken).ConfigureAwait(false);
        return Read(path, file, offset, most);
    }

    /// <inheritdoc/>
    public ValueTask<IObjectReader> OpenReadAsync(string path, CancellationToken cancellationToken = default)
    {
        var file = Locate(path);
        cancellationToken.ThrowIfCancellationRequested();
        return new(new Reader(this, path, Try(path, "read", () => _files.OpenRead(file))));
    }

    /// <inheritdoc/>
    public Task<WriteResult> WriteAsync(
        string path, ReadOnlyMemory<byte> bytes, WriteCondition condition = default, CancellationToken cancellationToken = default) =>
        ChangeAsync(path, "write", (file, stripe) => Write(path, file, stripe, bytes, condition), cancellationToken);

    /// <inheritdoc/>
    public Task<AppendResult> AppendAsync(string path, ReadOnlyMemory<byte> bytes, long expectedLength, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(expectedLength);
        return ChangeAsync(path, "append to", (file, _) => Append(path, file, bytes, expectedLength), cancellationToken);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredEntry> ListAsync(
        string prefix, string? after = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        StoragePath.CheckPrefix(prefix);
        await Task.CompletedTask.ConfigureAwait(false);
        var folder = prefix[..(prefix.LastIndexOf('/') + 1)];
        foreach (var entry in FolderWalk.Walk(folder, prefix, after, name => Try(name, "list", () => _files.List(Path.Combine(_root, Native(name))))))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return _flushedLengths.TryGetValue(entry.Path, out var flushed) ? entry with { Length = Math.Min(entry.Length, flushed) } : entry;
        }
    }

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(string path, string? ifMatch = null, CancellationToken cancellationToken = default) =>
        ChangeAsync(path, "delete", (file, _) =>
        {
            if (_files.Status(file) is not { } found || (ifMatch is not null && ETag(found) != ifMatch)) return false;
            _open.Drop(path);
            _stamps.Raise(found.Modified);
            _files.Delete(file);
            _files.FlushFolder(Path.GetDirectoryName(file)!);
            return true;
        }, cancellationToken);

    /// <summary>Closes the files kept open. Nothing is pending: every acknowledged change is on stable storage.</summary>
    public void Dispose()
    {
        _open.Dispose();
        _locks.Dispose();
    }

    private static string ETag(FileStatus status) => $"{status.Modified:x}-{status.Length:x}";

    private static string Native(string path) => Path.DirectorySeparatorChar == '/' ? path : path.Replace('/', Path.DirectorySeparatorChar);

    private string Locate(string path)
    {
        var file = Path.Combine(_root, Native(StoragePath.Check(path)));
        return file.Length > _root.Length + 1 && file.StartsWith(_root, StringComparison.Ordinal)
            ? file
            : throw new ArgumentException($"'{path}' leads out of the store's folder.", nameof(path));
    }

    private async Task<T> ChangeAsync<T>(string path, string doing, Func<string, int, T> change, CancellationToken cancellationToken)
    {
        var file = Locate(path);
        cancellationToken.ThrowIfCancellationRequested();
        var stripe = PathLocks.Stripe(path);
        using var hold = await _locks.EnterAsync(stripe, cancellationToken).ConfigureAwait(false);

        // Flushing blocks for milliseconds: on a thread of the pool, so that a caller can have many changes under way. Once begun it is not cancelled.
        return await Task.Run(() => Try(path, doing, () => change(file, stripe)), CancellationToken.None).ConfigureAwait(false);
    }

    private StoredObject? Read(string path, string file, long offset, long most) => Try(path, "read", () =>
    {
        using var open = _files.OpenRead(file);
        if (open is null) return null;
        var status = open.Status;

        // An append under way is seen only as far as it is flushed: nobody may act on bytes that a power cut could still take. Looked up after the
        // length was read, for an append that is no longer listed here by then has been flushed.
        if (_flushedLengths.TryGetValue(path, out var flushed)) status = status with { Length = Math.Min(status.Length, flushed) };
        var size = Math.Max(0, Math.Min(most, status.Length - offset));
        if (size > Array.MaxLength) throw new StorageException($"{path} has {status.Length} bytes, too many for one read: read it in ranges.", path);
        var bytes = size == 0 ? [] : GC.AllocateUninitializedArray<byte>((int)size);
        var read = size == 0 ? 0 : open.Read(offset, bytes);
        return new StoredObject(bytes.AsMemory(0, read), ETag(status), status.Length);
    });

    private WriteResult Write(string path, string file, int stripe, ReadOnlyMemory<byte> bytes, WriteCondition condition)
    {
        var found = _files.Status(file);
        if (condition.Absent && found is not null) return default;
        if (condition.ETag is { } wanted && (found is null || ETag(found.Value) != wanted)) return default;

        _open.Drop(path);
        var folder = Path.GetDirectoryName(file)!;
        EnsureFolder(folder);

        // One temporary name per stripe: the stripe is held, and at most so many are ever left behind.
        var temporary = Path.Combine(_temporary, $"{stripe:d2}");
        _files.Delete(temporary);
        var stamp = _stamps.Next(found?.Modified ?? 0);
        try
        {
            using (var open = _files.CreateNew(temporary))
            {
                if (!bytes.IsEmpty) open.Write(0, bytes.Span);
                open.SetModified(stamp);
                open.Flush();
                stamp = open.Status.Modified;
            }
            _files.Rename(temporary, file);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            _files.Delete(temporary);
            throw;
        }
        _files.FlushFolder(folder);
        return new WriteResult(true, ETag(new FileStatus(bytes.Length, stamp)));
    }

    private AppendResult Append(string path, string file, ReadOnlyMemory<byte> bytes, long expectedLength)
    {
        var kept = _open.Take(path);
        var found = _files.Status(file);
        if (kept is not null && kept.Left != found)
        {
            // Another process replaced, removed or appended: the file kept open may no longer be the one of this name.
            kept.File.Dispose();
            kept = null;
        }
        if ((found?.Length ?? 0) != expectedLength)
        {
            if (kept is not null) _open.Keep(kept);
            return new AppendResult(false, found?.Length ?? 0);
        }

        var folder = Path.GetDirectoryName(file)!;
        if (kept is null) EnsureFolder(folder);
        var open = kept?.File ?? (found is null ? _files.CreateNew(file) : _files.OpenWrite(file));
        var stamp = _stamps.Next(found?.Modified ?? 0);
        _flushedLengths[path] = expectedLength;
        var done = false;
        try
        {
            if (!bytes.IsEmpty) open.Write(expectedLength, bytes.Span);
            open.SetModified(stamp);
            open.Flush();

            // Once per opening, also of a file found here: whoever created it may have died before its name was lasting.
            if (kept is null) _files.FlushFolder(folder);
            done = true;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            TakeBack(open, expectedLength);
            if (found is null) _files.Delete(file);
            throw;
        }
        finally
        {
            _flushedLengths.TryRemove(path, out _);
            if (!done) open.Dispose();
        }
        var length = expectedLength + bytes.Length;
        _open.Keep(new OpenAppend(path, open, new FileStatus(length, stamp)));
        return new AppendResult(true, length);
    }

    private static void TakeBack(IOpenFile open, long length)
    {
        try
        {
            open.Truncate(length);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            // The torn tail stays, as after a power cut; the failure that led here is the one to report.
        }
    }

    // A folder is lasting once its parent was flushed after it was there. Another writer may have created it and not flushed yet, so existing is not enough.
    private void EnsureFolder(string folder)
    {
        if (_lastingFolders.ContainsKey(folder)) return;
        var parent = Path.GetDirectoryName(folder);
        var outside = folder.Length <= _root.Length;
        if (parent is null || (outside && _files.FolderExists(folder))) return;
        EnsureFolder(parent);
        _files.CreateFolder(folder);
        _files.FlushFolder(parent);
        if (_lastingFolders.Count >= ManyFolders) _lastingFolders.Clear();
        _lastingFolders[folder] = true;
    }

    private void RemoveTemporary()
    {
        foreach (var entry in _files.List(_temporary))
        {
            // A stripe that is held belongs to a write under way in another process.
            if (entry.IsFolder || !int.TryParse(entry.Name, out var stripe) || stripe is < 0 or >= PathLocks.Count) continue;
            using var hold = _locks.TryEnter(stripe);
            if (hold is not null) _files.Delete(Path.Combine(_temporary, entry.Name));
        }
    }

    private static T Try<T>(string path, string doing, Func<T> act)
    {
        try
        {
            return act();
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw FileFailures.ForPeople(path, doing, failed);
        }
    }

    /// <summary>A file kept open; sees of an append by this process only what is flushed, as any read does.</summary>
    private sealed class Reader(LocalFolderStore store, string path, IOpenFile? file) : IObjectReader
    {
        public async ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (file is null) return 0;
            return buffer.Length > LargeRead ? await Task.Run(() => Read(offset, buffer), cancellationToken).ConfigureAwait(false) : Read(offset, buffer);
        }

        public void Dispose() => file?.Dispose();

        private int Read(long offset, Memory<byte> buffer) => Try(path, "read", () =>
        {
            var length = file!.Status.Length;
            if (store._flushedLengths.TryGetValue(path, out var flushed)) length = Math.Min(length, flushed);
            var size = (int)Math.Clamp(length - offset, 0, buffer.Length);
            return size == 0 ? 0 : file.Read(offset, buffer.Span[..size]);
        });
    }
}
