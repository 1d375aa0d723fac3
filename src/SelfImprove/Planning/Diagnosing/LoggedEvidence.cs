using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration.Labelling;
using SelfImprove.DataGeneration.Texts;
using SelfImprove.Models;
using SelfImprove.Monitoring.Aggregation;
using SelfImprove.Monitoring.Events;

namespace SelfImprove.Planning.Diagnosing;

/// <summary>What the log holds for and against the causes, taken together with a teacher's labels of some of its inputs.</summary>
internal sealed class LoggedEvidence
{
    private readonly AgentManifest _manifest;
    private readonly MetricSettings _goal;
    private readonly IReadOnlyList<ObservedInteraction> _answered;
    private readonly IReadOnlyList<ObservedInteraction> _lately;
    private readonly Dictionary<string, ObservedInteraction> _byId;
    private const int FewestLately = 150;

    /// <summary>Of the interactions of the look-back, oldest first; what people say of answers is compared from <paramref name="since"/> on, where that is enough.</summary>
    public LoggedEvidence(AgentManifest manifest, IReadOnlyList<ObservedInteraction> seen, DateTimeOffset? since)
    {
        (_manifest, _goal) = (manifest, manifest.Metrics.First(m => m.Name == manifest.Goal.Metric));
        _answered = [.. seen.Where(s => s.Interaction.Output is not null)];
        _lately = [.. _answered.Where(s => since is null || s.Interaction.Time >= since)];
        if (_lately.Count < FewestLately) _lately = _answered;
        _byId = _answered.ToDictionary(s => s.Interaction.Id, StringComparer.Ordinal);
    }

    /// <summary>An interaction's tags; null where it has none.</summary>
    public IReadOnlyDictionary<string, string>? TagsOf(string id) => _byId.GetValueOrDefault(id)?.Interaction.Tags;

    /// <summary>What each source said of the labelled items, oldest first: every label bought for the diagnosis tells of all who judged that item.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<SourceItem>> Adjudicated(IReadOnlyList<LabelledItem> labelled)
    {
        var items = new Dictionary<string, IReadOnlyList<SourceItem>>(StringComparer.Ordinal);
        foreach (var item in labelled.DistinctBy(l => l.Id).OrderBy(l => _byId.GetValueOrDefault(l.Id)?.Interaction.Time).ThenBy(l => l.Id, StringComparer.Ordinal))
            foreach (var (source, reward) in JudgementsOf(item.Id))
            {
                if (!items.TryGetValue(source, out var list)) items[source] = list = new List<SourceItem>();
                ((List<SourceItem>)list).Add(new SourceItem(reward, item.Output!.Decision == item.Slice));
            }
        return items;
    }

    /// <summary>Demonstrations, and how many contradict another one of the same input.</summary>
    public (int Given, int Contradicting) Demonstrations()
    {
        var given = _answered.SelectMany(s => s.Feedback.Select(f => f.Demonstration).OfType<AgentOutput>(), (s, d) => (TextOf(s), d.Decision)).ToList();
        return (given.Count, LabelContradictions.Count(given, _manifest.Data.NearDuplicate).Contradicting);
    }

    /// <summary>
    /// Judgements of answers that somebody corrected, by others who got the same answer to a near-identical input; contradicting are those that hold it to be
    /// right. Answers that nobody corrected would only water this down.
    /// </summary>
    public LabelRepeats Repeats()
    {
        var (compared, contradicting) = (0, 0);
        var judged = _lately.Where(s => s.Reward is not null || Corrected(s) is not null).ToList();
        foreach (var group in LabelContradictions.Alike([.. judged.Select(TextOf)], _manifest.Data.Contamination))
            foreach (var same in group.Select(i => judged[i]).GroupBy(s => s.Interaction.Output!.Decision, StringComparer.Ordinal))
            {
                if (same.All(s => Corrected(s) is null)) continue;
                compared += same.Count() - 1;
                contradicting += same.Count(s => Corrected(s) is null && s.Reward >= 0.5);
            }
        return new LabelRepeats(compared, contradicting);
    }

    /// <summary>Judgements of the same answer to near-identical inputs: each after the first of its group, contradicting where it is not like the one before it.</summary>
    public LabelRepeats Verdicts()
    {
        var (compared, contradicting) = (0, 0);
        var judged = _lately.Where(s => s.Reward is not null).ToList();
        foreach (var group in LabelContradictions.Alike([.. judged.Select(TextOf)], _manifest.Data.Contamination))
            foreach (var same in group.Select(i => judged[i]).GroupBy(s => s.Interaction.Output!.Decision, StringComparer.Ordinal))
            {
                var said = same.Select(s => s.Reward >= 0.5).ToList();
                compared += said.Count - 1;
                contradicting += said.Zip(said.Skip(1)).Count(p => p.First != p.Second);
            }
        return new LabelRepeats(compared, contradicting);
    }

    /// <summary>Corrected answers that a teacher was asked about, and how many of those it holds to be right.</summary>
    public LabelRepeats Disputed(IReadOnlyList<LabelledItem> labelled)
    {
        var corrected = labelled.DistinctBy(l => l.Id).Where(l => _byId.TryGetValue(l.Id, out var seen) && Corrected(seen) is not null).ToList();
        return new LabelRepeats(corrected.Count, corrected.Count(l => l.Output!.Decision == l.Slice));
    }

    /// <summary>What people said of a uniform sample, and how often the teacher contradicts them.</summary>
    public LabelRepeats PeopleAndTeacher(IReadOnlyList<LabelledItem> pilot)
    {
        var said = pilot.SelectMany(l => JudgementsOf(l.Id).Where(j => j.Source.StartsWith("human:", StringComparison.Ordinal))
            .Select(j => j.Reward >= 0.5 != (l.Output!.Decision == l.Slice))).ToList();
        return new LabelRepeats(said.Count, said.Count(contradicts => contradicts));
    }

    private IEnumerable<(string Source, double Reward)> JudgementsOf(string id)
    {
        if (!_byId.TryGetValue(id, out var seen)) yield break;
        foreach (var feedback in seen.Feedback)
            if (feedback.Metric == _goal.Name && feedback.Value is { } value && _goal.Reward(value) is { } reward)
                yield return (Quarantine.NameOf(feedback.Source), reward);
    }

    private static string? Corrected(ObservedInteraction seen) =>
        seen.Feedback.Select(f => f.Demonstration?.Decision).FirstOrDefault(d => d is not null && d != seen.Interaction.Output!.Decision);

    private static string TextOf(ObservedInteraction seen) => NormalisedText.Of(InputText.Of(seen.Interaction.Input));
}
