using SelfImprove.Storage;

namespace SelfImprove.Testing.Storage;

/// <summary>
/// A file system in memory that keeps apart what is there and what is on stable storage. After a power cut only the latter is left: of a file the
/// bytes and time at its last flush, of a folder the entries at its last flush (so a new folder needs its parent flushed, a renamed file its new
/// folder). With a random source each unflushed change may have survived instead, and of unflushed bytes at a file's end any first part.
/// </summary>
public sealed class PowerCutFileLayer : IFileLayer
{
    private readonly Lock _lock = new();
    private readonly FolderNode _root;
    private readonly HashSet<string> _locked = new(StringComparer.Ordinal);
    private long _operations;
    private bool _off;

    /// <summary>An empty disk.</summary>
    public PowerCutFileLayer() : this(new FolderNode()) { }

    private PowerCutFileLayer(FolderNode root) => _root = root;

    /// <summary>How many operations that change or flush something were done.</summary>
    public long Operations => Volatile.Read(ref _operations);

    /// <summary>The power is cut before this operation, counted from 1; never where null.</summary>
    public long? CutAt { get; set; }

    /// <summary>How many bytes may still be written before the disk is full; without limit where null.</summary>
    public long? BytesLeft { get; set; }

    /// <summary>Whether the power is gone.</summary>
    public bool IsOff
    {
        get { lock (_lock) return _off; }
    }

    /// <summary>Called after each such operation, in place of a cut, with its number.</summary>
    public Action<long>? AfterOperation { get; set; }

    /// <summary>Cuts the power now: every later use throws <see cref="PowerCutException"/>.</summary>
    public void Cut()
    {
        lock (_lock) _off = true;
    }

    /// <summary>The disk as it is found when the power is back.</summary>
    /// <param name="survivors">Decides which unflushed changes survived; none where null.</param>
    public PowerCutFileLayer Restart(Random? survivors = null)
    {
        lock (_lock)
        {
            _off = true;
            return new PowerCutFileLayer((FolderNode)_root.AfterCut(survivors, []));
        }
    }

    public FileStatus? Status(string path)
    {
        lock (_lock) return Powered(() => Find(path) is FileNode file ? file.Status : (FileStatus?)null);
    }

    public IOpenFile? OpenRead(string path)
    {
        lock (_lock) return Powered(() => Find(path) is FileNode file ? new OpenFile(this, file) : null);
    }

    public IOpenFile OpenWrite(string path)
    {
        lock (_lock) return Powered(() => Find(path) is FileNode file ? new OpenFile(this, file) : throw new FileNotFoundException($"No file {path}."));
    }

    public IOpenFile CreateNew(string path) => Change(() =>
    {
        var (folder, name) = Parent(path);
        var file = new FileNode();
        if (!folder.Entries.TryAdd(name, file)) throw new IOException($"The file {path} exists.");
        return new OpenFile(this, file);
    });

    public void Rename(string from, string to) => Change(() =>
    {
        var (source, sourceName) = Parent(from);
        var (target, targetName) = Parent(to);
        if (!source.Entries.TryGetValue(sourceName, out var node)) throw new FileNotFoundException($"No file {from}.");
        if (target.Entries.TryGetValue(targetName, out var there) && there is FolderNode) throw new IOException($"{to} is a folder.");
        source.Entries.Remove(sourceName);
        target.Entries[targetName] = node;
        return 0;
    });

    public void Delete(string path)
    {
        lock (_lock)
            if (Powered(() => Find(path)) is not FileNode) return;
        Change(() =>
        {
            var (folder, name) = Parent(path);
            return folder.Entries.Remove(name);
        });
    }

    public bool FolderExists(string path)
    {
        lock (_lock) return Powered(() => Find(path) is FolderNode);
    }

    public void CreateFolder(string path)
    {
        lock (_lock)
        {
            var there = Powered(() => Find(path));
            if (there is FolderNode) return;
            if (there is FileNode) throw new IOException($"{path} is a file.");
        }
        Change(() =>
        {
            var (folder, name) = Parent(path);
            return folder.Entries.TryAdd(name, new FolderNode());
        });
    }

    public void FlushFolder(string path) => Change(() =>
    {
        if (Find(path) is not FolderNode folder) throw new DirectoryNotFoundException($"No folder {path}.");
        folder.Flush();
        return 0;
    });

    public IEnumerable<FolderEntry> List(string folder)
    {
        lock (_lock)
            return Powered(() => Find(folder) is FolderNode node
                ? node.Entries.Select(e => new FolderEntry(e.Key, e.Value is FolderNode, e.Value is FileNode file ? file.Status.Length : 0)).ToList()
                : []);
    }

    public IFileLock OpenLock(string path) => new FileLock(this, path);

    private T Powered<T>(Func<T> act) => _off ? throw new PowerCutException(_operations) : act();

    private T Change<T>(Func<T> act)
    {
        T result;
        long number;
        lock (_lock)
        {
            if (_off || _operations + 1 == CutAt)
            {
                _off = true;
                throw new PowerCutException(_operations + 1);
            }
            number = ++_operations;
            result = act();
        }
        AfterOperation?.Invoke(number);
        return result;
    }

    private static string[] Segments(string path) => path.Split('/', '\\', StringSplitOptions.RemoveEmptyEntries);

    private Node? Find(string path)
    {
        Node? node = _root;
        foreach (var segment in Segments(path)) node = node is FolderNode folder && folder.Entries.TryGetValue(segment, out var next) ? next : null;
        return node;
    }

    private (FolderNode Folder, string Name) Parent(string path)
    {
        var segments = Segments(path);
        return Find(string.Join('/', segments[..^1])) is FolderNode folder
            ? (folder, segments[^1])
            : throw new DirectoryNotFoundException($"No folder holds {path}.");
    }

    private sealed class OpenFile(PowerCutFileLayer layer, FileNode file) : IOpenFile
    {
        public FileStatus Status
        {
            get { lock (layer._lock) return layer.Powered(() => file.Status); }
        }

        public int Read(long offset, Span<byte> buffer)
        {
            lock (layer._lock)
            {
                layer.Powered(() => 0);
                return file.Read(offset, buffer);
            }
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            var copy = bytes.ToArray();
            layer.Change(() =>
            {
                var room = (int)Math.Min(copy.Length, layer.BytesLeft ?? copy.Length);
                layer.BytesLeft -= room;
                file.Write(offset, copy.AsSpan(0, room));

                // As write(2) does: what fits is written, the rest fails. 28 is ENOSPC.
                return room == copy.Length ? 0 : throw new IOException("No space left on device", 28);
            });
        }

        public void Truncate(long length) => layer.Change(() =>
        {
            file.Truncate(length);
            return 0;
        });

        public void SetModified(long ticks) => layer.Change(() =>
        {
            file.Modified = ticks;
            return 0;
        });

        public void Flush() => layer.Change(() =>
        {
            file.Flush();
            return 0;
        });

        public void Dispose() { }
    }

    private sealed class FileLock(PowerCutFileLayer layer, string path) : IFileLock
    {
        private bool _held;

        public bool TryEnter()
        {
            lock (layer._lock) return _held = layer.Powered(() => layer._locked.Add(path));
        }

        public void Exit()
        {
            lock (layer._lock)
                if (_held) _held = !layer._locked.Remove(path);
        }

        public void Dispose() => Exit();
    }
}
