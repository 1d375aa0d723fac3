using System.Text.Json;
using SelfImprove.Orchestration;
using SelfImprove.Storage;

namespace SelfImprove.Runs;

/// <summary>
/// The pages of an agent's spend book as read so far: <c>spend/{agent}/{yyyy-MM}-{n}.ndjson</c>, a <see cref="SpendLine"/> a line. Only what was added since is
/// ever read again. A line without an end was torn, or its writer never heard that it was written: it counts where it is whole, and the next line begins anew.
/// </summary>
internal sealed class SpendPages
{
    // Appended objects have a most number of appends (50,000 on Blob Storage): a page of this length has some 20,000.
    private const long FullPage = 4 << 20;

    private readonly IObjectStore _store;
    private readonly string _folder;
    private readonly SortedDictionary<string, Page> _pages = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (SpendLine Line, string Month)> _charges = new(StringComparer.Ordinal);
    private readonly Dictionary<string, decimal> _runs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, decimal> _months = new(StringComparer.Ordinal);

    private SpendPages(IObjectStore store, string agent) => (_store, _folder) = (store, $"spend/{agent}/");

    /// <summary>Reads the book as it is.</summary>
    public static async Task<SpendPages> OpenAsync(IObjectStore store, string agent, CancellationToken cancellationToken)
    {
        var pages = new SpendPages(store, agent);
        await pages.RefreshAsync(cancellationToken);
        return pages;
    }

    /// <summary>All charges ever made and not taken back, oldest first.</summary>
    public static async Task<IReadOnlyList<SpendEntry>> ReadAllAsync(IObjectStore store, string agent, CancellationToken cancellationToken)
    {
        var lines = new OrderedDictionary<string, SpendLine>(StringComparer.Ordinal);
        await foreach (var page in store.ListAsync($"spend/{agent}/", cancellationToken: cancellationToken))
        {
            if (MonthOfPage(page.Path) is null || await store.ReadAsync(page.Path, cancellationToken: cancellationToken) is not { } stored) continue;
            foreach (var line in Lines(stored.Bytes))
            {
                if (line.TakenBack) lines.Remove(line.Key);
                else lines.TryAdd(line.Key, line);
            }
        }
        return [.. lines.Values.Select(l => new SpendEntry(l.Run, l.What, l.Usd))];
    }

    /// <summary>The charge under a key, of this month or the last; null where there is none.</summary>
    public SpendLine? Find(string key) => _charges.TryGetValue(key, out var charge) ? charge.Line : null;

    /// <summary>What a run was charged.</summary>
    public decimal OfRun(string run) => _runs.GetValueOrDefault(run);

    /// <summary>What a month was charged.</summary>
    public decimal OfMonth(string month) => _months.GetValueOrDefault(month);

    /// <summary>The month to charge: a clock that is behind another host's does not open the month before again.</summary>
    public string MonthFor(string now) =>
        _pages.Count > 0 && MonthOfPage(_pages.Keys.Last()) is { } last && string.CompareOrdinal(last, now) > 0 ? last : now;

    /// <summary>Reads what was added by others.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await foreach (var entry in _store.ListAsync(_folder, cancellationToken: cancellationToken))
        {
            if (MonthOfPage(entry.Path) is not { } month) continue;
            var page = _pages.GetValueOrDefault(entry.Path);
            if (entry.Length <= (page?.Length ?? 0)) continue;
            var from = (page?.Length ?? 0) - (page?.Torn.Length ?? 0);
            if (await _store.ReadAsync(entry.Path, new ByteRange(from), cancellationToken) is not { } stored) continue;
            foreach (var line in Lines(stored.Bytes)) Fold(line, month);
            var end = stored.Bytes.Span.LastIndexOf((byte)'\n') + 1;
            _pages[entry.Path] = new Page(from + stored.Bytes.Length, stored.Bytes[end..]);
        }
    }

    /// <summary>Appends a line to the page in use.</summary>
    /// <returns>False where others have written meanwhile: refresh, and decide again.</returns>
    public async Task<bool> TryAppendAsync(string month, SpendLine line, CancellationToken cancellationToken)
    {
        var (path, page) = PageFor(month);
        var json = JsonSerializer.SerializeToUtf8Bytes(line, SeamJson.Options);
        byte[] bytes = page.Torn.IsEmpty ? [.. json, (byte)'\n'] : [(byte)'\n', .. json, (byte)'\n'];
        if (!(await _store.AppendAsync(path, bytes, page.Length, cancellationToken)).Appended) return false;
        _pages[path] = new Page(page.Length + bytes.Length, default);
        Fold(line, month);
        return true;
    }

    private (string Path, Page Page) PageFor(string month)
    {
        var (number, last) = (1, default((string Path, Page Page)?));
        foreach (var (path, page) in _pages)
            if (MonthOfPage(path) == month) (number, last) = (NumberOfPage(path), (path, page));
        if (last is { Page.Length: < FullPage } open) return open;
        return ($"{_folder}{month}-{(last is null ? number : number + 1):0000}.ndjson", new Page(0, default));
    }

    private void Fold(SpendLine line, string month)
    {
        if (!_months.ContainsKey(month)) Forget(month);
        if (line.TakenBack)
        {
            if (_charges.Remove(line.Key, out var taken)) Add(taken.Line.Run, taken.Month, -taken.Line.Usd);
        }
        else if (_charges.TryAdd(line.Key, (line, month)))
        {
            Add(line.Run, month, line.Usd);
        }
    }

    private void Add(string run, string month, decimal usd)
    {
        _runs[run] = _runs.GetValueOrDefault(run) + usd;
        _months[month] = _months.GetValueOrDefault(month) + usd;
    }

    /// <summary>A month begins: keys from before the last one are never asked for again.</summary>
    private void Forget(string month)
    {
        var before = _months.Keys.Where(m => string.CompareOrdinal(m, month) < 0).Max(StringComparer.Ordinal);
        _months[month] = 0;
        foreach (var (key, charge) in _charges)
            if (charge.Month != before) _charges.Remove(key);
    }

    private static IEnumerable<SpendLine> Lines(ReadOnlyMemory<byte> bytes)
    {
        for (var rest = bytes; !rest.IsEmpty;)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (Parse(line.Span) is { } read) yield return read;
        }
    }

    private static SpendLine? Parse(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty) return null;
        try
        {
            return JsonSerializer.Deserialize<SpendLine>(line, SeamJson.Options);
        }
        catch (JsonException)
        {
            // Torn: it was never acknowledged.
            return null;
        }
    }

    private static string? MonthOfPage(string path) =>
        path.EndsWith(".ndjson", StringComparison.Ordinal) && path.LastIndexOf('/') is var slash && path.Length - slash > 8 ? path.Substring(slash + 1, 7) : null;

    private static int NumberOfPage(string path) => int.Parse(path.AsSpan(path.LastIndexOf('-') + 1, 4), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>A page as read.</summary>
    /// <param name="Length">Its length.</param>
    /// <param name="Torn">What comes after its last end of a line.</param>
    private sealed record Page(long Length, ReadOnlyMemory<byte> Torn);
}
