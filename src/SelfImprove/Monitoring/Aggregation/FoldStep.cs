using System.Runtime.InteropServices;

namespace SelfImprove.Monitoring.Aggregation;

/// <summary>Applies a chunk's events to index and signals, in memory. Everything they touch was fetched before.</summary>
internal sealed class FoldStep(EventIndex index, SignalsState signals, RewardRule rule, long generation, FoldChunk chunk)
{
    private readonly List<DeadLetter> _letters = [];

    public IReadOnlyList<DeadLetter> Letters => _letters;

    /// <summary>Asks for the index entries that the events need, but for the members of episodes.</summary>
    public void Ask(List<ParsedEvent>[][] reads)
    {
        foreach (var pieces in reads)
            foreach (var piece in pieces)
                foreach (ref readonly var parsed in CollectionsMarshal.AsSpan(piece))
                {
                    if (parsed.Kind == LineKind.Interaction) index.Ask(parsed.Key);
                    else if (parsed.Kind == LineKind.Feedback) index.AskFeedback(parsed.Key);
                    else continue;
                    if (parsed.Target != default) index.Ask(parsed.Target);
                    if (parsed.Episode != default) index.Ask(parsed.Episode);
                }
    }

    /// <summary>Asks for the members of the episodes that are judged.</summary>
    public void AskMembers(List<ParsedEvent>[][] reads)
    {
        foreach (var pieces in reads)
            foreach (var piece in pieces)
                foreach (ref readonly var parsed in CollectionsMarshal.AsSpan(piece))
                    if (parsed.TargetIsEpisode && index.Find(parsed.Target) is { } episode)
                        foreach (var member in episode.Members)
                            index.Ask(member);
    }

    /// <summary>Applies one read's events; true where its seal was among them.</summary>
    public bool Apply(int read, List<ParsedEvent>[] pieces)
    {
        var closed = false;
        for (var p = 0; p < pieces.Length; p++)
        {
            var events = CollectionsMarshal.AsSpan(pieces[p]);
            for (var i = 0; i < events.Length; i++)
            {
                ref readonly var parsed = ref events[i];
                switch (parsed.Kind)
                {
                    case LineKind.Interaction:
                        Interaction(read, parsed);
                        break;
                    case LineKind.Feedback:
                        Feedback(read, parsed);
                        break;
                    case LineKind.Seal:
                        closed = true;
                        break;
                    case LineKind.Corrupt when i + 1 < events.Length && events[i + 1].Kind == LineKind.Seal:
                        Bury(read, parsed, "torn", "the writer stopped while writing it; it was never acknowledged");
                        break;
                    case LineKind.Corrupt:
                        Bury(read, parsed, "corrupt", parsed.Problem!);
                        break;
                }
            }
        }
        return closed;
    }

    private void Interaction(int read, in ParsedEvent parsed)
    {
        var entry = index.FindOrAdd(parsed.Key, EntryKind.Interaction);
        if (entry.Arrived)
        {
            if (entry.Content != parsed.Content) Bury(read, parsed, "conflict", "an interaction of this id came before with other content; the first one counts");
            return;
        }
        entry.Arrived = true;
        entry.Content = parsed.Content;
        entry.Ticks = parsed.Ticks;
        entry.Version = parsed.Version ?? SignalsState.UnknownVersion;
        entry.Decision = parsed.Decision ?? "";
        entry.Slices = parsed.Slices ?? [];
        index.Touch(entry);
        signals.See(parsed.Ticks);
        signals.Serve(parsed, entry);
        signals.Attribute(entry, rule, +1);
        signals.Judge(entry, null, rule.RewardOf(entry));
        if (parsed.Episode == default) return;

        var episode = index.FindOrAdd(parsed.Episode, EntryKind.Episode);
        episode.Ticks = Math.Max(episode.Ticks, parsed.Ticks);
        index.Touch(episode);
        if (!episode.AddMember(parsed.Key))
            Bury(read, parsed, "too-many", $"its episode has {IndexEntry.MaxMembers} interactions already; the interaction counts, later feedback on the episode will not reach it");
        foreach (var judgement in episode.Judgements) Judge(read, parsed, entry, judgement);
    }

    private void Feedback(int read, in ParsedEvent parsed)
    {
        if (index.FindFeedback(parsed.Key) is { } seen)
        {
            if (seen != parsed.Content) Bury(read, parsed, "conflict", "feedback of this id came before with other content; the first one counts");
            return;
        }
        index.AddFeedback(parsed.Key, parsed.Content, parsed.Ticks);
        signals.See(parsed.Ticks);
        if (rule.Map.Refuse(parsed.Metric!, parsed.HasValue ? parsed.Value : null) is { } problem)
        {
            Bury(read, parsed, rule.Map.Knows(parsed.Metric!) ? "bad-value" : "unknown-metric", problem);
            return;
        }
        if (parsed.Metric is RewardMap.Comment or RewardMap.Demonstration) return;

        var judgement = new Judgement(parsed.Source!, parsed.Metric!, parsed.Ticks, (ulong)parsed.Key, parsed.Value);
        var target = index.FindOrAdd(parsed.Target, parsed.TargetIsEpisode ? EntryKind.Episode : EntryKind.Interaction);
        Judge(read, parsed, target, judgement);
        if (!parsed.TargetIsEpisode) return;
        foreach (var member in target.Members)
            if (index.Find(member) is { } interaction)
                Judge(read, parsed, interaction, judgement);
    }

    private void Judge(int read, in ParsedEvent parsed, IndexEntry entry, in Judgement judgement)
    {
        if (!entry.Takes(judgement))
        {
            if (entry.IsFull(judgement)) Bury(read, parsed, "too-many", $"its target has {IndexEntry.MaxJudgements} judgements of different sources and metrics already");
            return;
        }
        index.Touch(entry);
        if (!entry.Arrived)
        {
            entry.Put(judgement);
            entry.Ticks = Math.Max(entry.Ticks, judgement.Ticks);
            return;
        }
        var before = rule.RewardOf(entry);
        signals.Attribute(entry, rule, -1);
        entry.Put(judgement);
        signals.Attribute(entry, rule, +1);
        signals.Judge(entry, before, rule.RewardOf(entry));
    }

    private void Bury(int read, in ParsedEvent parsed, string reason, string detail)
    {
        signals.DeadLetters++;
        if (_letters.Count < DeadLetterList.Most)
            _letters.Add(new DeadLetter(reason, detail, chunk.Reads[read].Path, parsed.Offset, chunk.Excerpt(read, parsed), generation));
    }
}
