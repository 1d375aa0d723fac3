using System.Text.Json;
using SelfImprove.Monitoring.Aggregation;
using SelfImprove.Monitoring.Events;
using SelfImprove.Monitoring.Log;
using SelfImprove.Orchestration;
using SelfImprove.Storage;

namespace SelfImprove.Monitoring.Observation;

/// <summary>
/// The interactions of a span of time with their judgements, in memory. A refresh reads only what was appended since the last one.
/// Of two interactions of one id the first in the log is kept, as in the signals. Not thread-safe.
/// </summary>
public sealed class ObservedWindow
{
    /// <summary>An event may claim a time this much later than it came; so a window begins to read this much earlier.</summary>
    internal static readonly TimeSpan FutureTolerance = TimeSpan.FromMinutes(5);

    private const int ReadBytes = 4 * 1024 * 1024;

    private readonly IObjectStore _store;
    private readonly ManifestLookup _manifests;
    private readonly string _agent;
    private readonly DateTimeOffset _from, _until;
    private readonly Dictionary<string, long> _offsets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Interaction> _interactions = new(StringComparer.Ordinal);
    private readonly HashSet<string> _feedbackIds = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Feedback>> _ofInteraction = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Feedback>> _ofEpisode = new(StringComparer.Ordinal);
    private RewardMap? _rewards;
    private IReadOnlySet<string> _quarantined = new HashSet<string>();

    internal ObservedWindow(IObjectStore store, ManifestLookup manifests, string agent, DateTimeOffset from, DateTimeOffset until) =>
        (_store, _manifests, _agent, _from, _until) = (store, manifests, agent, from, until);

    /// <summary>Interactions seen so far.</summary>
    public int Count => _interactions.Count;

    /// <summary>Reads what was appended since the last refresh, the manifest's goal and the quarantine; returns how many new events mattered.</summary>
    /// <exception cref="UnknownAgentException">There is no such agent.</exception>
    public async Task<int> RefreshAsync(CancellationToken cancellationToken = default)
    {
        var manifest = await _manifests(_agent, cancellationToken).ConfigureAwait(false) ?? throw new UnknownAgentException(_agent);
        _rewards = new RewardMap(manifest);
        _quarantined = await new Quarantine(_store).GetAsync(_agent, cancellationToken).ConfigureAwait(false);
        var start = _from - DateTimeOffset.MinValue > FutureTolerance ? _from - FutureTolerance : _from;
        var taken = 0;
        await foreach (var segment in LogReader.ListAsync(_store, _agent, SegmentPath.HourOf(start), cancellationToken).ConfigureAwait(false))
        {
            var offset = _offsets.GetValueOrDefault(segment.Path);
            while (offset < segment.Length)
            {
                var read = await LogReader.ReadAsync(_store, segment.Path, offset, ReadBytes, cancellationToken).ConfigureAwait(false);
                if (read is null) break;
                taken += Take(read.Bytes.Span);
                offset += read.Bytes.Length;
            }
            _offsets[segment.Path] = offset;
        }
        return taken;
    }

    /// <summary>What is known as of the last refresh, by time, then id.</summary>
    /// <param name="feedbackUntil">Until when, inclusive, feedback on an interaction is looked at; null: all there is.</param>
    public IEnumerable<ObservedInteraction> Observe(Func<Interaction, DateTimeOffset>? feedbackUntil = null)
    {
        var rewards = _rewards ?? throw new InvalidOperationException("Refresh the window before reading it.");
        foreach (var interaction in _interactions.Values.OrderBy(i => i.Time).ThenBy(i => i.Id, StringComparer.Ordinal))
        {
            var counting = Counting(interaction, feedbackUntil?.Invoke(interaction));
            yield return new ObservedInteraction(interaction, counting, rewards.Mean(counting));
        }
    }

    private List<Feedback> Counting(Interaction interaction, DateTimeOffset? latest)
    {
        var counting = new List<Feedback>();
        if (_ofInteraction.TryGetValue(interaction.Id, out var own)) Add(own);
        if (interaction.Episode is { } episode && _ofEpisode.TryGetValue(episode, out var shared)) Add(shared);
        if (counting.Count > 1) counting.Sort(static (a, b) => a.Time != b.Time ? a.Time.CompareTo(b.Time) : string.CompareOrdinal(a.Id, b.Id));
        return counting;

        void Add(List<Feedback> all)
        {
            foreach (var feedback in all)
            {
                if (feedback.Time > latest || _rewards!.Refuse(feedback.Metric, feedback.Value) is not null) continue;
                if (_quarantined.Count > 0 && _quarantined.Contains(Quarantine.NameOf(feedback.Source))) continue;
                var same = counting.FindIndex(c => c.Metric == feedback.Metric && c.Source == feedback.Source);
                if (same < 0) counting.Add(feedback);
                else if (IsLater(feedback, counting[same])) counting[same] = feedback;
            }
        }
    }

    // As the fold decides: by time; of two at the same time, by a hash of the id.
    private static bool IsLater(Feedback one, Feedback other) =>
        one.Time != other.Time ? one.Time > other.Time : MarkOf(one) > MarkOf(other);

    private static ulong MarkOf(Feedback feedback) => (ulong)Fingerprint.Key(System.Text.Encoding.UTF8.GetBytes(feedback.Id), EntryKind.Feedback);

    private int Take(ReadOnlySpan<byte> lines)
    {
        var taken = 0;
        while (lines.Length > 0)
        {
            var end = lines.IndexOf((byte)'\n');
            var line = end < 0 ? lines : lines[..end];
            lines = end < 0 ? default : lines[(end + 1)..];
            if (!LogLine.TryOpen(line, out var kind, out var body) || kind == LogLine.Seal) continue;
            try
            {
                taken += kind == LogLine.Interaction
                    ? Take(JsonSerializer.Deserialize<Interaction>(body, SeamJson.Options)!)
                    : Take(JsonSerializer.Deserialize<Feedback>(body, SeamJson.Options)!);
            }
            catch (JsonException)
            {
                // The fold reports broken lines.
            }
        }
        return taken;
    }

    private int Take(Interaction interaction) =>
        interaction.Time >= _from && interaction.Time < _until && _interactions.TryAdd(interaction.Id, interaction) ? 1 : 0;

    private int Take(Feedback feedback)
    {
        if (!_feedbackIds.Add(feedback.Id)) return 0;
        var (map, target) = feedback.Interaction is { } interaction ? (_ofInteraction, interaction) : (_ofEpisode, feedback.Episode ?? "");
        if (!map.TryGetValue(target, out var list)) map[target] = list = [];
        list.Add(feedback);
        return 1;
    }
}
