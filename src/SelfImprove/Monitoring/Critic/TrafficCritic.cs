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
/// Scores a share of the interactions that came since its last look: by deterministic checks, written as feedback of source <c>critic:checks</c>, and where the
/// manifest names a model, what passes those by that model (<c>critic:judge</c>), as far as the day's money goes. The sample is drawn by a hash of
/// the id, and its feedback is named after the interaction: a look that is repeated after a crash says the same again, and counts once.
/// Interactions that ended in an error have no output to check and are left out.
/// </summary>
public sealed class TrafficCritic
{
    /// <summary>The id of the source of feedback from deterministic checks.</summary>
    public const string SourceId = "checks";

    /// <summary>The id of the source of feedback from the model.</summary>
    public const string JudgeSourceId = "judge";

    /// <summary>The most interactions that one look has scored by the model: a look must end.</summary>
    public const int MostJudged = 200;

    private const int ReadBytes = 4 * 1024 * 1024;
    private const int FewestForShare = 30;
    private const int Attempts = 5;
    private static readonly FeedbackSource Checks = new(SourceKind.Critic, SourceId);
    private static readonly FeedbackSource Judge = new(SourceKind.Critic, JudgeSourceId);

    private readonly IObjectStore _store;
    private readonly EventLog _log;
    private readonly ManifestLookup _manifests;
    private readonly TimeProvider _clock;
    private readonly CriticJudge? _judge;

    /// <summary>Creates it.</summary>
    /// <param name="store">Where the log and the critic's own cursor are.</param>
    /// <param name="log">Takes its feedback.</param>
    /// <param name="manifests">Tells task, share and metric.</param>
    /// <param name="clock">Stamps its feedback.</param>
    /// <param name="judge">Scores by a model; null where the host has none.</param>
    public TrafficCritic(IObjectStore store, EventLog log, ManifestLookup manifests, TimeProvider clock, CriticJudge? judge = null) =>
        (_store, _log, _manifests, _clock, _judge) = (store, log, manifests, clock, judge);

    /// <summary>Whether an interaction is in the sample: the same for ever.</summary>
    public static bool IsSampled(string interaction, double share) =>
        share >= 1 || (share > 0 && Fingerprint.Hash(Encoding.UTF8.GetBytes(interaction), 41) / (double)ulong.MaxValue < share);

    /// <summary>Checks what is new. Returns once its feedback is on stable storage.</summary>
    /// <exception cref="UnknownAgentException">There is no such agent.</exception>
    /// <exception cref="TransientException">Other processes look at the same time again and again.</exception>
    public async Task<CriticOutcome> LookAsync(string agent, CancellationToken cancellationToken = default)
    {
        var manifest = await _manifests(agent, cancellationToken).ConfigureAwait(false) ?? throw new UnknownAgentException(agent);
        var isJudged = manifest.Critic.Judge is not null && _judge is not null;
        if (manifest.Critic.SampleShare <= 0 || (!isJudged && !OutputCheck.Applies(manifest.Task))) return new CriticOutcome(0, 0, null, false, null);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var path = $"agents/{agent}/critic.json";
            var stored = await _store.ReadAsync(path, cancellationToken: cancellationToken).ConfigureAwait(false);
            var state = stored is null ? new CriticState() : JsonSerializer.Deserialize<CriticState>(stored.Bytes.Span, SeamJson.Options)!;
            var look = new Look(manifest, [.. state.Recent]);
            var offsets = await ReadAsync(agent, state.Offsets, look, cancellationToken).ConfigureAwait(false);
            var now = _clock.GetUtcNow();
            look.Judge(isJudged ? await _judge!.ScoreAsync(manifest, look.ToJudge, now, cancellationToken).ConfigureAwait(false) : null, now);
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
                look.Take(read.Bytes.Span);
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
        private readonly List<Interaction> _sampled = [];
        private int _checked, _failed;

        /// <summary>What the model is to look at: what the checks find nothing wrong with.</summary>
        public IReadOnlyList<Interaction> ToJudge => [.. _sampled.Where(i => OutputCheck.Problem(manifest.Task, i.Output!) is null).Take(MostJudged)];

        public LogLines Lines { get; } = new();
        public IReadOnlyList<string> Recent => recent;

        public void Take(ReadOnlySpan<byte> lines)
        {
            while (lines.Length > 0)
            {
                var end = lines.IndexOf((byte)'\n');
                var line = end < 0 ? lines : lines[..end];
                lines = end < 0 ? default : lines[(end + 1)..];
                if (!LogLine.TryOpen(line, out var kind, out var body) || kind != LogLine.Interaction) continue;
                try
                {
                    var interaction = JsonSerializer.Deserialize<Interaction>(body, SeamJson.Options)!;
                    if (interaction.Output is not null && IsSampled(interaction.Id, manifest.Critic.SampleShare)) _sampled.Add(interaction);
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
            var evidence = worst is null ? null : $"{failures.Count} of the last {recent.Count} checked outputs {(manifest.Critic.Judge is null ? "are invalid" : "are not good")}; {worst.Count()} times: {worst.Key}";
            return new CriticOutcome(_checked, _failed, share, share > manifest.Critic.RequestAbove, evidence);
        }

        /// <summary>Decides on all that was sampled, with the model's scores where there are some.</summary>
        public void Judge(IReadOnlyDictionary<string, CriticScore>? scores, DateTimeOffset now)
        {
            foreach (var interaction in _sampled)
            {
                if (scores?.GetValueOrDefault(interaction.Id) is { } score) Judge(interaction, score, now);
                // Text that is there is all that the checks can say of text: no praise.
                else if (OutputCheck.Applies(manifest.Task)) Check(interaction, now);
            }
        }

        private void Check(Interaction interaction, DateTimeOffset now)
        {
            var problem = OutputCheck.Problem(manifest.Task, interaction.Output!);
            Count(problem);
            if (_metric is not null) Write(interaction, IdOf("critic", interaction.Id), ValueOf(_metric, problem is null ? 1 : 0), problem, Checks, now);
        }

        private void Judge(Interaction interaction, CriticScore score, DateTimeOffset now)
        {
            var isGood = score.Score >= manifest.Critic.Judge!.GoodFrom;
            Count(isGood ? null : $"scored {score.Score} of 5");
            if (_metric is null) return;
            var share = _metric.Type == MetricType.Boolean ? (isGood ? 1 : 0) : (score.Score - 1) / 4.0;
            Write(interaction, IdOf("critic-judge", interaction.Id), ValueOf(_metric, share), $"{score.Score} of 5: {score.Reason}", TrafficCritic.Judge, now);
        }

        private void Count(string? problem)
        {
            _checked++;
            if (problem is not null) _failed++;
            recent.Add(problem ?? "");
            if (recent.Count > CriticState.Window) recent.RemoveAt(0);
        }

        private void Write(Interaction interaction, string id, double value, string? comment, FeedbackSource source, DateTimeOffset now) => Lines.Add(new Feedback
        {
            Id = id,
            Agent = manifest.Agent,
            Time = now,
            Interaction = interaction.Id,
            Metric = _metric!.Name,
            Value = value,
            Comment = comment,
            Source = source,
        });

        private static string IdOf(string prefix, string interaction) => interaction.Length + prefix.Length < 127
            ? $"{prefix}-{interaction}"
            : $"{prefix}-{Fingerprint.Key(Encoding.UTF8.GetBytes(interaction), EntryKind.Interaction):x32}";

        private static double ValueOf(MetricSettings metric, double goodness)
        {
            var share = metric.HigherIsBetter ? goodness : 1 - goodness;
            return metric.Type == MetricType.Boolean ? share : metric.Min + share * (metric.Max - metric.Min);
        }
    }
}
