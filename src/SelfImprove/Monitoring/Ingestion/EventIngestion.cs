using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using SelfImprove.Monitoring.Aggregation;
using SelfImprove.Monitoring.Events;
using SelfImprove.Monitoring.Log;
using SelfImprove.Telemetry;

namespace SelfImprove.Monitoring.Ingestion;

/// <summary>
/// Takes events in: checks each by itself, stores the good ones in one piece, and answers per event once they are on stable storage. A
/// duplicate or conflict is told at once where this process has seen the id lately; the fold decides all others. Thread-safe.
/// </summary>
public sealed class EventIngestion
{
    [ThreadStatic] private static LogLines? _scratch;

    private readonly EventLog _log;
    private readonly ManifestLookup _manifests;
    private readonly TimeProvider _clock;
    private readonly IngestionOptions _options;
    private readonly InteractionReader _interactions;
    private readonly FeedbackReader _feedback;
    private readonly ConcurrentDictionary<string, RecentIds> _recent = new(StringComparer.Ordinal);

    /// <summary>Creates it.</summary>
    /// <param name="log">Where events go.</param>
    /// <param name="manifests">Tells agents and metrics.</param>
    /// <param name="clock">Stamps events that have no time, and judges those that have.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="newId">Names feedback that came without an id; time-ordered random ids where null.</param>
    public EventIngestion(EventLog log, ManifestLookup manifests, TimeProvider clock, IngestionOptions? options = null, Func<string>? newId = null)
    {
        (_log, _manifests, _clock, _options) = (log, manifests, clock, options ?? new IngestionOptions());
        _interactions = new InteractionReader(_options);
        _feedback = new FeedbackReader(_options, newId ?? (() => $"f-{Guid.CreateVersion7(clock.GetUtcNow()):n}"));
    }

    /// <summary>Takes a body in. When the task returns, every event told as accepted is on stable storage.</summary>
    /// <param name="agent">The agent that the address names.</param>
    /// <param name="body">UTF-8 JSON; not kept.</param>
    /// <param name="kind">What it holds.</param>
    /// <param name="format">How it is written.</param>
    /// <param name="cancellationToken">Cancels the look-up of the manifest; what is being stored is stored.</param>
    /// <exception cref="EventLogWriteException">The store failed: nothing is acknowledged; sending all again is safe.</exception>
    public async Task<IngestResult> IngestAsync(
        string agent, ReadOnlyMemory<byte> body, IngestKind kind, IngestFormat format, CancellationToken cancellationToken = default)
    {
        if (body.Length > _options.MaxBodyBytes)
            return IngestResult.Refuse(IngestRefusal.TooLarge, $"the body has {body.Length} bytes, at most {_options.MaxBodyBytes} are taken; send less at a time");
        if (await _manifests(agent, cancellationToken).ConfigureAwait(false) is not { } manifest)
            return IngestResult.Refuse(IngestRefusal.UnknownAgent, $"there is no agent '{EventRules.Short(agent)}'");
        if (EventBody.Split(body.Span, format, _options.MaxDepth, out var problem) is not { } ranges) return IngestResult.Refuse(IngestRefusal.Malformed, problem!);
        if (ranges.Count > _options.MaxEvents)
            return IngestResult.Refuse(IngestRefusal.TooLarge, $"the body has {ranges.Count} events, at most {_options.MaxEvents} are taken; send less at a time");

        var batch = new Batch(this, agent, new RewardMap(manifest), kind, ranges.Count);
        using var span = ProductTelemetry.IsTraced ? Begin(agent, ranges.Count) : null;
        for (var i = 0; i < ranges.Count; i++) batch.Take(i, body.Span[ranges[i]]);
        try
        {
            await batch.StoreAsync().ConfigureAwait(false);
        }
        catch (EventLogFullException e)
        {
            span.Fail(nameof(IngestRefusal.Busy));
            return IngestResult.Refuse(IngestRefusal.Busy, e.Message);
        }
        batch.Report(span);
        return new IngestResult(IngestRefusal.None, null, batch.Outcomes);
    }

    private static Activity? Begin(string agent, int events) => ProductTelemetry.Source.StartActivity(
        "ingest events", ActivityKind.Server, default(ActivityContext), [new(TelemetryNames.AgentName, agent), new(TelemetryNames.Events, events)]);

    private sealed class Batch(EventIngestion owner, string agent, RewardMap rewards, IngestKind kind, int count)
    {
        private readonly RecentIds _recent = owner._recent.GetOrAdd(agent, static (_, o) => new RecentIds(o._options.RecentIds), owner);
        private readonly Dictionary<UInt128, ulong> _new = new(count);
        private readonly LogLines _lines = new();
        private readonly List<Feedback>? _judgements = FeedbackTelemetry.IsWanted ? [] : null;

        public List<EventOutcome> Outcomes { get; } = new(count);

        public void Take(int index, ReadOnlySpan<byte> json)
        {
            try
            {
                if (json.Length > owner._options.MaxEventBytes) throw TooLarge(json.Length, null);
                Outcomes.Add(Judge(index, json));
            }
            catch (EventRejectedException e)
            {
                Outcomes.Add(new EventOutcome(index, e.Id, EventStatus.Rejected, e.Reason, e.Message));
            }
        }

        public async Task StoreAsync()
        {
            if (_lines.Count == 0) return;
            await owner._log.AppendAsync(agent, _lines).ConfigureAwait(false);
            _recent.Add(_new); // Not before: a duplicate of an event that failed to be stored must not be acknowledged.
        }

        /// <summary>Tells of the judgements that are stored.</summary>
        public void Report(Activity? span)
        {
            if (_judgements is not null) FeedbackTelemetry.Report(span, rewards, _judgements);
        }

        private EventOutcome Judge(int index, ReadOnlySpan<byte> json)
        {
            var of = kind;
            if (of == IngestKind.Events) json = Unwrap(json, out of);
            var scratch = _scratch ??= new LogLines();
            scratch.Clear();
            var now = owner._clock.GetUtcNow();
            string id;
            Feedback? judgement = null;
            ReadOnlySpan<byte> line;
            if (of == IngestKind.Interactions)
            {
                var interaction = owner._interactions.Read(json, agent, now);
                id = interaction.Id;
                line = scratch.Add(interaction);
            }
            else
            {
                var (feedback, dryRun) = owner._feedback.Read(json, agent, rewards, now);
                if (dryRun) return new EventOutcome(index, feedback.Id, EventStatus.Accepted, null, "dry run: valid, not stored");
                id = feedback.Id;
                line = scratch.Add(feedback);
                judgement = feedback;
            }
            if (line.Length > owner._options.MaxEventBytes) throw TooLarge(line.Length, id);

            var key = Fingerprint.Key(Encoding.ASCII.GetBytes(id), of == IngestKind.Interactions ? EntryKind.Interaction : EntryKind.Feedback);
            var content = ContentOf(line);
            if ((_new.TryGetValue(key, out var here) ? here : _recent.Find(key)) is { } known)
                return known == content
                    ? new EventOutcome(index, id, EventStatus.Duplicate)
                    : new EventOutcome(index, id, EventStatus.Conflict, "conflict", $"an event of id '{id}' came before with other content; the first one counts");
            _new[key] = content;
            _lines.AddLine(line);
            if (judgement is not null) _judgements?.Add(judgement);
            return new EventOutcome(index, id, EventStatus.Accepted);
        }

        private EventRejectedException TooLarge(int bytes, string? id) =>
            new("too-large", $"the event has {bytes} bytes, at most {owner._options.MaxEventBytes} are taken", id);
    }

    private static ReadOnlySpan<byte> Unwrap(ReadOnlySpan<byte> json, out IngestKind kind)
    {
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 128 });
            if (reader.Read() && reader.TokenType == JsonTokenType.StartObject && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isInteraction = reader.ValueTextEquals("interaction"u8);
                if (isInteraction || reader.ValueTextEquals("feedback"u8))
                {
                    reader.Read();
                    var start = (int)reader.TokenStartIndex;
                    var isObject = reader.TokenType == JsonTokenType.StartObject;
                    reader.Skip();
                    var end = (int)reader.BytesConsumed;
                    if (isObject && reader.Read() && reader.TokenType == JsonTokenType.EndObject && !reader.Read())
                    {
                        kind = isInteraction ? IngestKind.Interactions : IngestKind.Feedback;
                        return json[start..end];
                    }
                }
            }
        }
        catch (JsonException e)
        {
            throw new EventRejectedException("malformed", $"not a valid event: {e.Message}");
        }
        throw new EventRejectedException("malformed", "expected {\"interaction\":{...}} or {\"feedback\":{...}}");
    }

    private static ulong ContentOf(ReadOnlySpan<byte> line)
    {
        LogLine.TryOpen(line, out _, out var body);
        // Id and agent come first and hold no quotes, so the first such key is the event's own.
        var start = body.IndexOf("\"time\":"u8) + "\"time\":"u8.Length;
        return Fingerprint.Content(body, start, body[(start + 1)..].IndexOf((byte)'"') + 2);
    }
}
