using System.Runtime.InteropServices;

namespace SelfImprove.Monitoring.Aggregation;

/// <summary>
/// Feedback events in memory by key, for as long as it takes to write them: they serve to find duplicates alone, which are rare. One thread at a time.
/// </summary>
internal sealed class MarkTable
{
    private readonly KeyMap _map = new();
    private readonly List<Mark> _marks = [];

    public int Count => _map.Count;

    /// <summary>Changes that are to be written.</summary>
    public int Added { get; private set; }

    /// <summary>The content of the feedback of this key; null where it is not there.</summary>
    public ulong? Find(UInt128 key)
    {
        var number = _map.Find(key);
        return number < 0 ? null : _marks[number].Content;
    }

    /// <summary>Adds feedback that is not there.</summary>
    public void Add(UInt128 key, ulong content, long ticks, bool isNew)
    {
        _map.Add(key, out var added);
        if (!added) return;
        _marks.Add(new Mark(content, ticks, isNew));
        if (isNew) Added++;
    }

    /// <summary>Writes what is to be written, in the order in which it came.</summary>
    public void Seal(SealedEntries changes)
    {
        var marks = CollectionsMarshal.AsSpan(_marks);
        for (var i = 0; i < marks.Length; i++)
        {
            if (!marks[i].IsNew) continue;
            changes.Start(_map.Keys[i]);
            EntryCodec.WriteFeedback(changes.Records, _map.Keys[i], marks[i].Ticks, marks[i].Content);
        }
    }

    public void Clear()
    {
        _map.Reset();
        _marks.Clear();
        Added = 0;
    }

    private readonly record struct Mark(ulong Content, long Ticks, bool IsNew);
}
