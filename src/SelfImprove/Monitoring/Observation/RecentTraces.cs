using System.Diagnostics;
using System.Text.Json;
using SelfImprove.Monitoring.Events;
using SelfImprove.Monitoring.Log;
using SelfImprove.Orchestration;
using SelfImprove.Storage;
using SelfImprove.Telemetry;

namespace SelfImprove.Monitoring.Observation;

/// <summary>Finds the traces of the interactions that came last, for a run that they called for to link to: those that were judged first.</summary>
/// <param name="store">Where the log is.</param>
public sealed class RecentTraces(IObjectStore store)
{
    /// <summary>The most links of a run.</summary>
    public const int Most = 32;

    private const int Segments = 4;
    private const int TailBytes = 256 * 1024;

    /// <summary>Links to them, newest first; from the last 256 KiB of each of the last 4 segments.</summary>
    public async Task<IReadOnlyList<ActivityLink>> FindAsync(string agent, CancellationToken cancellationToken = default)
    {
        var last = new Queue<StoredEntry>();
        await foreach (var segment in LogReader.ListAsync(store, agent, await LogWatermark.ReadAsync(store, agent, cancellationToken), cancellationToken))
        {
            last.Enqueue(segment);
            if (last.Count > Segments) last.Dequeue();
        }
        var (traced, judged) = (new List<Interaction>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var segment in last)
        {
            var from = Math.Max(0, segment.Length - TailBytes);
            if (await store.ReadAsync(segment.Path, new ByteRange(from), cancellationToken) is { } tail) Take(tail.Bytes.Span, traced, judged);
        }
        return
        [
            .. traced.OrderByDescending(i => judged.Contains(i.Id)).ThenByDescending(i => i.Time).Take(Most)
                .Select(i => new ActivityLink(ProductTelemetry.ContextOf(i.Traceparent), new ActivityTagsCollection { [TelemetryNames.ResponseId] = i.Id })),
        ];
    }

    private static void Take(ReadOnlySpan<byte> lines, List<Interaction> traced, HashSet<string> judged)
    {
        while (lines.Length > 0)
        {
            var end = lines.IndexOf((byte)'\n');
            var line = end < 0 ? lines : lines[..end];
            lines = end < 0 ? default : lines[(end + 1)..];
            // The first line of a tail may be half of one: it opens as no event, or does not parse.
            if (!LogLine.TryOpen(line, out var kind, out var body)) continue;
            try
            {
                if (kind == LogLine.Interaction && body.IndexOf("\"traceparent\":"u8) >= 0
                    && JsonSerializer.Deserialize<Interaction>(body, SeamJson.Options) is { } interaction && ProductTelemetry.IsTraceparent(interaction.Traceparent))
                    traced.Add(interaction);
                else if (kind == LogLine.Feedback && JsonSerializer.Deserialize<Feedback>(body, SeamJson.Options)?.Interaction is { } of)
                    judged.Add(of);
            }
            catch (JsonException)
            {
                // The fold reports broken lines.
            }
        }
    }
}
