using System.Text;
using System.Text.Json;

namespace SelfImprove.Monitoring.Aggregation;

/// <summary>Names that recur in events (versions, sources, tags) as shared strings, found by their UTF-8 bytes without allocating. Bounded. One thread.</summary>
internal sealed class StringPool
{
    private const int MaxEntries = 32_768;
    private readonly Dictionary<ulong, string> _strings = [];
    private readonly Dictionary<ulong, string[]> _lists = [];

    /// <summary>The reader's string value.</summary>
    public string Get(ref Utf8JsonReader reader)
    {
        if (reader.ValueIsEscaped || reader.HasValueSequence) return reader.GetString()!;
        return Get(reader.ValueSpan);
    }

    public string Get(ReadOnlySpan<byte> utf8)
    {
        var hash = Fingerprint.Hash(utf8, 17);
        if (_strings.TryGetValue(hash, out var found)) return found;
        if (_strings.Count >= MaxEntries) _strings.Clear();
        return _strings[hash] = Encoding.UTF8.GetString(utf8);
    }

    /// <summary>A source's name by its kind and id.</summary>
    public string Source(ReadOnlySpan<byte> kind, ReadOnlySpan<byte> id)
    {
        var hash = Fingerprint.Hash(id, Fingerprint.Hash(kind, 19));
        if (_strings.TryGetValue(hash, out var found)) return found;
        if (_strings.Count >= MaxEntries) _strings.Clear();
        return _strings[hash] = Encoding.UTF8.GetString(kind) + ":" + Encoding.UTF8.GetString(id);
    }

    public bool TryList(ulong hash, out string[]? list) => _lists.TryGetValue(hash, out list);

    public string[] AddList(ulong hash, string[] list)
    {
        if (_lists.Count >= MaxEntries) _lists.Clear();
        return _lists[hash] = list;
    }
}
