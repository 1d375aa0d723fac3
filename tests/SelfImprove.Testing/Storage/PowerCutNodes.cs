using SelfImprove.Storage;

namespace SelfImprove.Testing.Storage;

/// <summary>A file or folder of <see cref="PowerCutFileLayer"/>: as it is, and as it is on stable storage.</summary>
internal abstract class Node
{
    /// <summary>What a power cut leaves. Nodes under two names stay one node.</summary>
    public abstract Node AfterCut(Random? survivors, Dictionary<Node, Node> done);
}

internal sealed class FolderNode : Node
{
    private Dictionary<string, Node> _lasting = new(StringComparer.Ordinal);

    public Dictionary<string, Node> Entries { get; private init; } = new(StringComparer.Ordinal);

    public void Flush() => _lasting = new Dictionary<string, Node>(Entries, StringComparer.Ordinal);

    public override Node AfterCut(Random? survivors, Dictionary<Node, Node> done)
    {
        if (done.TryGetValue(this, out var known)) return known;
        var left = new FolderNode();
        done[this] = left;
        foreach (var name in _lasting.Keys.Union(Entries.Keys).Order(StringComparer.Ordinal))
        {
            var (before, now) = (_lasting.GetValueOrDefault(name), Entries.GetValueOrDefault(name));
            var survived = before == now || survivors?.Next(2) == 1 ? now : before;
            if (survived is not null) left.Entries[name] = survived.AfterCut(survivors, done);
        }
        left.Flush();
        return left;
    }
}

internal sealed class FileNode : Node
{
    private byte[] _bytes = [];
    private int _length;

    // Stable storage holds the first _lastingLength bytes of _bytes, unless something below that was overwritten or cut off since: then a copy of its own.
    private int _lastingLength;
    private byte[]? _lastingCopy;
    private long _lastingModified;

    public long Modified { get; set; }

    public FileStatus Status => new(_length, Modified);

    public int Read(long offset, Span<byte> buffer)
    {
        if (offset >= _length) return 0;
        var count = (int)Math.Min(buffer.Length, _length - offset);
        _bytes.AsSpan((int)offset, count).CopyTo(buffer);
        return count;
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        KeepLasting(offset);
        var end = (int)offset + bytes.Length;
        if (end > _bytes.Length) Array.Resize(ref _bytes, Math.Max(end, _bytes.Length * 2));
        if (offset > _length) _bytes.AsSpan(_length, (int)offset - _length).Clear();
        bytes.CopyTo(_bytes.AsSpan((int)offset));
        _length = Math.Max(_length, end);
    }

    public void Truncate(long length)
    {
        KeepLasting(length);
        if (length < _length) _length = (int)length;
    }

    public void Flush() => (_lastingLength, _lastingCopy, _lastingModified) = (_length, null, Modified);

    public override Node AfterCut(Random? survivors, Dictionary<Node, Node> done)
    {
        if (done.TryGetValue(this, out var known)) return known;
        var lasting = (_lastingCopy ?? _bytes).AsSpan(0, _lastingLength);
        var left = new FileNode { Modified = _lastingModified };
        left.Write(0, lasting);
        if (survivors is not null && _lastingCopy is null && _length > _lastingLength)
        {
            var torn = survivors.Next(_length - _lastingLength + 1);
            left.Write(_lastingLength, _bytes.AsSpan(_lastingLength, torn));
        }
        left.Flush();
        done[this] = left;
        return left;
    }

    private void KeepLasting(long from)
    {
        if (_lastingCopy is null && from < _lastingLength) _lastingCopy = _bytes.AsSpan(0, _lastingLength).ToArray();
    }
}
