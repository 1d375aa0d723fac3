using System.Runtime.CompilerServices;
using System.Text.Json;
using SelfImprove.Orchestration;
using SelfImprove.Storage;

namespace SelfImprove.Monitoring.Aggregation;

/// <summary>
/// Names that recur in records (versions, decisions, slices, sources, metrics), numbered from 1, so that a record holds a number for each. Names are never
/// taken out; beyond a bound, further ones are written out in their records. One thread.
/// </summary>
internal sealed class NameTable
{
    private const int MostNames = 8192;
    private const int LongestName = 256;
    private const int Recent = 1024;
    private readonly List<string> _names = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    // Names mostly come as the same few shared strings: those are recognised without a look at their letters.
    private readonly (string? Name, int Number)[] _recent = new (string?, int)[Recent];
    private int _saved;

    public NameTable(ReadOnlySpan<byte> saved)
    {
        if (saved.IsEmpty) return;
        foreach (var name in JsonSerializer.Deserialize<string[]>(saved, SeamJson.Options) ?? [])
        {
            _names.Add(name);
            _numbers[name] = _names.Count;
        }
        _saved = _names.Count;
    }

    /// <summary>Reads the names that the index was written with.</summary>
    /// <exception cref="InvalidDataException">They are not there.</exception>
    public static async Task<NameTable> LoadAsync(IObjectStore store, string? path, CancellationToken cancellationToken)
    {
        if (path is null) return new NameTable([]);
        var stored = await store.ReadAsync(path, cancellationToken: cancellationToken).ConfigureAwait(false)
            ?? throw new InvalidDataException($"{path} of the event index is missing: the records' names are not known without it.");
        return new NameTable(stored.Bytes.Span);
    }

    /// <summary>The name's number; 0 where it is written out.</summary>
    public int Number(string name)
    {
        ref var recent = ref _recent[RuntimeHelpers.GetHashCode(name) & (Recent - 1)];
        if (ReferenceEquals(recent.Name, name)) return recent.Number;
        if (!_numbers.TryGetValue(name, out var number) && _names.Count < MostNames && name.Length <= LongestName)
        {
            _names.Add(name);
            _numbers[name] = number = _names.Count;
        }
        if (number > 0) recent = (name, number);
        return number;
    }

    public string Name(int number) => (uint)(number - 1) < (uint)_names.Count
        ? _names[number - 1]
        : throw new InvalidDataException($"a record of the event index has name {number}, but there are only {_names.Count}");

    /// <summary>All names, where there are new ones since the last call; null otherwise.</summary>
    public byte[]? TakeChanges()
    {
        if (_saved == _names.Count) return null;
        _saved = _names.Count;
        return JsonSerializer.SerializeToUtf8Bytes(_names, SeamJson.Options);
    }
}
