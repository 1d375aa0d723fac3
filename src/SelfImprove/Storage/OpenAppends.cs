namespace SelfImprove.Storage;

/// <summary>
/// Files kept open between appends, the least lately used closed first. A file is taken out while it is in use, so none is closed under its user.
/// </summary>
internal sealed class OpenAppends(int capacity) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<OpenAppend>> _byPath = new(StringComparer.Ordinal);
    private readonly LinkedList<OpenAppend> _byUse = new();

    /// <summary>Takes a file out; null where it is not kept.</summary>
    public OpenAppend? Take(string path)
    {
        lock (_lock)
        {
            if (!_byPath.Remove(path, out var node)) return null;
            _byUse.Remove(node);
            return node.Value;
        }
    }

    /// <summary>Puts a file back.</summary>
    public void Keep(OpenAppend append)
    {
        OpenAppend? surplus = null;
        lock (_lock)
        {
            _byPath[append.Path] = _byUse.AddLast(append);
            if (_byUse.Count > capacity)
            {
                surplus = _byUse.First!.Value;
                _byUse.RemoveFirst();
                _byPath.Remove(surplus.Path);
            }
        }
        surplus?.File.Dispose();
    }

    /// <summary>Closes a file, where it is kept.</summary>
    public void Drop(string path) => Take(path)?.File.Dispose();

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var append in _byUse) append.File.Dispose();
            _byUse.Clear();
            _byPath.Clear();
        }
    }
}

/// <summary>A file open for appends, as this process left it.</summary>
internal sealed record OpenAppend(string Path, IOpenFile File, FileStatus Left);
