using System.Text;
using System.Text.Json;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Tools;
using SelfImprove.Monitoring.Aggregation;
using SelfImprove.Monitoring.Events;
using SelfImprove.Monitoring.Log;
using SelfImprove.Orchestration;
using SelfImprove.Storage;

namespace SelfImprove.Monitoring.Critic;

/// <summary>
/// Checks a share of the interactions that came since its last look and writes feedback of source <c>critic:checks</c>. The sample is drawn by a hash of
/// the id, and its feedback is named after the interaction: a look that is repeated after a crash says the same again, and counts once.
/// Interactions that ended in an error have no output to check and are left out.
/// </summary>
public sealed class TrafficCritic
{
    /// <summary>The id of the critic's source of feedback.</summary>
    public const string SourceId = "checks";

    private const int ReadBytes = 4 * 1024 * 1024;
    private const int FewestForShare = 30;
    private const int Attempts = 5;
    private static readonly FeedbackSource Source = new(SourceKind.Critic, SourceId);

    private readonly IObjectStore _store;
    private readonly EventLog _log;
    private readonly ManifestLookup _manifests;
    private readonly TimeProvider _clock;

    /// <summary>Creates it.</summary>
    /// <param name="store">Where the log and the critic's own cursor are.</param>
    /// <param name="log">Takes its feedback.</param>
    /// <param name="manifests">Tells task, share and metric.</param>
    /// <param name="clock">Stamps its feedback.</param>
    public TrafficCritic(IObjectStore store, EventLog log, ManifestLookup manifests, TimeProvider clock) =>
        (_store, _log, _manifests, _clock) = (store, log, manifests, clock);

    /// <summary>Whether an interaction is in the sample: the same for ever.</summary>
    public static bool IsSampled(string interaction, double share) =>
        share >= 1 || (share > 0 && Fingerprint.Hash(Encoding.UTF8.GetBytes(interaction), 41) / (double)ulong.MaxValue < share);

    /// <summary>Checks what is new. Returns once its feedback is on stable storage.</summary>
    /// <exception cref="UnknownAgentException">There is no such agent.</exception>
    /// <exception cref="TransientException">Other processes look at the same time again and again.</exception>
    public async Task<CriticOutcome> LookAsync(string agent, CancellationToken cancellationToken = default)
    {
        var manifest = await _manifests(agent, cancellationToken).ConfigureAwait(false) ?? throw new UnknownAgentException(agent);
        if (manifest.Critic.SampleShare <= 0 || !OutputCheck.Applies(manifest.Task)) return new CriticOutcome(0, 0, null, false, null);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var path = $"agents/{agent}/critic.json";
            var stored = await _store.ReadAsync(path, cancellationToken: cancellationToken).ConfigureAwait(false);
            var state = stored is null ? new CriticState() : JsonSerializer.Deserialize<CriticState>(stored.Bytes.Span, SeamJson.Options)!;
            var look = new Look(manifest, [.. state.Recent]);
            var offsets = await ReadAsync(agent, state.Offsets, look, cancellationToken).ConfigureAwait(false);
            if (look.Lines.Count > 0) await _log.AppendAsync(agent, look.Lines).ConfigureAwait(false);
            if (offsets.SequenceEqual(state.Offsets)) return look.Outcome();
            var bytes = JsonSerializer.SerializeToUtf8Bytes(new CriticState { Offsets = offsets, Recent = look.Recent }, SeamJson.Options);
            var condition = stored is null ? WriteCondition.IfAbsent : WriteCondition.IfMatch(stored.ETag);
            if ((await _store.WriteAsync(path, bytes, condition, cancellationToken).ConfigureAwait(false)).Written) return look.Outcome();
        }
        throw new TransientException($"The critic of {agent} meets another one each time.");
    }

    private async Task<SortedDictionary<string, long>> ReadAsync(string agent, SortedDictionary<string, long> known, Look look, CancellationToken cancellationToken)
    {
        var offsets = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var from = await LogWatermark.ReadAsync(_store, agent, cancellationToken).ConfigureAwait(false);
        // What lies before the fold's watermark is closed; a critic that has not read it yet begins with its own oldest segment.
        if (from is { } mark && known.Count > 0 && SegmentPath.TryParse(agent, known.First().Key, out var oldest, out _, out _) && oldest < mark) from = oldest;
        await foreach (var segment in LogReader.ListAsync(_store, agent, from, cancellationToken).ConfigureAwait(false))
        {
            var offset = known.GetValueOrDefault(segment.Path);
            while (offset < segment.Length
                && await LogReader.ReadAsync(_store, segment.Path, offset, ReadBytes, cancellationToken).ConfigureAwait(false) is { } read)
            {
                look.Take(agent, read.Bytes.Span, _clock.GetUtcNow());
                offset += read.Bytes.Length;
            }
            offsets[segment.Path] = offset;
        }
        Forget(agent, offsets, await LogWatermark.ReadAsync(_store, agent, cancellationToken).ConfigureAwait(false));
        return offsets;
    }

    private static void Forget(string agent, SortedDictionary<string, long> offsets, DateTimeOffset? watermark)
    {
        foreach (var path in offsets.Keys.Where(p => SegmentPath.TryParse(agent, p, out var hour, out _, out _) && hour < watermark).ToList()) offsets.Remove(path);
    }

    /// <summary>One look: judges interactions and gathers the feedback.</summary>
    private sealed class Look(AgentManifest manifest, List<string> recent)
    {
        private readonly MetricSettings? _metric = manifest.Metrics.FirstOrDefault(m => m.Name == manifest.Critic.Metric);
        private int _checked, _failed;

        public LogLines Lines { get; } = new();
        public IReadOnlyList<string> Recent => recent;

        public void Take(string agent, ReadOnlySpan<byte> lines, DateTimeOffset now)
        {
            while (lines.Length > 0)
            {
                var end = lines.IndexOf((byte)'\n');
                var line = end < 0 ? lines : lines[..end];
                lines = end < 0 ? default : lines[(end + 1)..];
                if (!LogLine.TryOpen(line, out var kind, out var body) || kind != LogLine.Interaction) continue;
                try
                {
                    Take(agent, JsonSerializer.Deserialize<Interaction>(body, SeamJson.Options)!, now);
                }
                catch (JsonException)
                {
                    // The fold reports broken lines.
                }
            }
        }

        public CriticOutcome Outcome()
        {
            var failures = recent.Where(r => r.Length > 0).ToList();
            double? share = recent.Count < FewestForShare ? null : failures.Count / (double)recent.Count;
            var worst = failures.GroupBy(f => f).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).FirstOrDefault();
            var evidence = worst is null ? null : $"{failures.Count} of the last {recent.Count} checked outputs are invalid; {worst.Count()} times: {worst.Key}";
            return new CriticOutcome(_checked, _failed, share, share > manifest.Critic.RequestAbove, evidence);
        }

        private void Take(string agent, Interaction interaction, DateTimeOffset now)
        {
            if (interaction.Output is not { } output || !IsSampled(interaction.Id, manifest.Critic.SampleShare)) return;
            var problem = OutputCheck.Problem(manifest.Task, output);
            _checked++;
            if (problem is not null) _failed++;
            recent.Add(problem ?? "");
            if (recent.Count > CriticState.Window) recent.RemoveAt(0);
            if (_metric is null) return;
            Lines.Add(new Feedback
            {
                Id = IdOf(interaction.Id),
                Agent = agent,
                Time = now,
                Interaction = interaction.Id,
                Metric = _metric.Name,
                Value = ValueOf(_metric, problem is null),
                Comment = problem,
                Source = Source,
            });
        }

        private static string IdOf(string interaction) =>
            interaction.Length <= 120 ? $"critic-{interaction}" : $"critic-{Fingerprint.Key(Encoding.UTF8.GetBytes(interaction), EntryKind.Interaction):x32}";

        private static double ValueOf(MetricSettings metric, bool good) =>
            metric.Type == MetricType.Boolean ? good == metric.HigherIsBetter ? 1 : 0 : good == metric.HigherIsBetter ? metric.Max : metric.Min;
    }
}
