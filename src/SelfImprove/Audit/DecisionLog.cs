using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using SelfImprove.Orchestration;
using SelfImprove.Storage;

namespace SelfImprove.Audit;

/// <summary>
/// The latest decisions of an agent's triggers, fired or not, with their evidence: bounded, unlike the audit log. Segments
/// <c>decisions/{agent}/{n}.ndjson</c> of <see cref="SegmentSize"/> decisions, of which the last two are kept; so at least the last
/// <see cref="SegmentSize"/> are there.
/// </summary>
/// <param name="store">Where they are kept.</param>
/// <param name="clock">Dates decisions.</param>
public sealed class DecisionLog(IObjectStore store, TimeProvider clock)
{
    /// <summary>Decisions a segment.</summary>
    public const int SegmentSize = 500;

    private const int MostTries = 50;

    private readonly ConcurrentDictionary<string, Slot> _slots = new(StringComparer.Ordinal);

    /// <summary>Records a decision.</summary>
    /// <param name="agent">The agent it is about.</param>
    /// <param name="decision">Any value that serialises to JSON.</param>
    /// <param name="cancellationToken">Gives up before the append begins.</param>
    /// <exception cref="TransientException">Other writers came first too often.</exception>
    public async Task RecordAsync<T>(string agent, T decision, CancellationToken cancellationToken = default)
    {
        var slot = _slots.GetOrAdd(StoragePath.Name(agent, "an agent"), _ => new Slot());
        var line = JsonSerializer.SerializeToUtf8Bytes(
            new Decision(clock.GetUtcNow(), JsonSerializer.SerializeToElement(decision, SeamJson.Options)), SeamJson.Options);
        await slot.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            for (var tries = 0; tries < MostTries; tries++)
            {
                var end = slot.End ?? await FindEndAsync(agent, cancellationToken).ConfigureAwait(false);
                slot.End = null;
                if (end.Count >= SegmentSize)
                {
                    if (end.Segment > 1) await store.DeleteAsync(PathOf(agent, end.Segment - 1), null, cancellationToken).ConfigureAwait(false);
                    end = new End(end.Segment + 1, 0, 0, false);
                }
                byte[] block = end.IsInLine ? [(byte)'\n', .. line, (byte)'\n'] : [.. line, (byte)'\n'];
                var result = await store.AppendAsync(PathOf(agent, end.Segment), block, end.Length, cancellationToken).ConfigureAwait(false);
                if (!result.Appended) continue;
                slot.End = new End(end.Segment, result.Length, end.Count + 1, false);
                return;
            }
        }
        finally
        {
            slot.Gate.Release();
        }
        throw new TransientException($"Other writers came first {MostTries} times in a row in the decisions of {agent}; try again later.");
    }

    /// <summary>The latest decisions, the newest first.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<Decision>> ReadAsync(string agent, int most = SegmentSize, CancellationToken cancellationToken = default)
    {
        var decisions = new List<Decision>();
        foreach (var path in Enumerable.Reverse(await SegmentsAsync(agent, cancellationToken).ConfigureAwait(false)))
        {
            if (decisions.Count >= most) break;
            var stored = await store.ReadAsync(path, null, cancellationToken).ConfigureAwait(false);
            if (stored is not null) decisions.AddRange(Parse(stored.Bytes).Reverse());
        }
        return decisions.Count <= most ? decisions : decisions[..most];
    }

    private static IEnumerable<Decision> Parse(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Span.IndexOf((byte)'\n') is var end and >= 0)
        {
            var line = bytes[..end];
            bytes = bytes[(end + 1)..];
            Decision? decision = null;
            try
            {
                decision = JsonSerializer.Deserialize<Decision>(line.Span, SeamJson.Options);
            }
            catch (JsonException)
            {
                // What an interrupted append left: it was never acknowledged.
            }
            if (decision is not null) yield return decision;
        }
    }

    private async Task<End> FindEndAsync(string agent, CancellationToken cancellationToken)
    {
        var segments = await SegmentsAsync(agent, cancellationToken).ConfigureAwait(false);
        if (segments.Count == 0) return new End(1, 0, 0, false);
        var path = segments[^1];
        var bytes = (await store.ReadAsync(path, null, cancellationToken).ConfigureAwait(false))?.Bytes ?? default;
        return new End(NumberOf(path)!.Value, bytes.Length, bytes.Span.Count((byte)'\n'), bytes.Length > 0 && bytes.Span[^1] != '\n');
    }

    private async Task<List<string>> SegmentsAsync(string agent, CancellationToken cancellationToken)
    {
        var paths = new List<string>();
        await foreach (var entry in store.ListAsync($"decisions/{StoragePath.Name(agent, "an agent")}/", null, cancellationToken).ConfigureAwait(false))
            if (NumberOf(entry.Path) is not null) paths.Add(entry.Path);
        return paths;
    }

    private static string PathOf(string agent, int segment) => string.Create(CultureInfo.InvariantCulture, $"decisions/{agent}/{segment:d8}.ndjson");

    private static int? NumberOf(string path) =>
        int.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private sealed class Slot
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);

        public End? End { get; set; }
    }

    private sealed record End(int Segment, long Length, int Count, bool IsInLine);
}

/// <summary>A decision on record.</summary>
/// <param name="At">When it was made.</param>
/// <param name="Value">The decision with its evidence, as it was given.</param>
public sealed record Decision(DateTimeOffset At, JsonElement Value);
