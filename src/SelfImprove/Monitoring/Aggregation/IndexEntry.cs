namespace SelfImprove.Monitoring.Aggregation;

/// <summary>What the index knows of one event. Changed in memory during a fold, written to a new run at its end.</summary>
internal sealed class IndexEntry(UInt128 key, EntryKind kind)
{
    public const int MaxJudgements = 64;
    public const int MaxMembers = 1000;

    // Most have one judgement: it needs no array.
    private Judgement _first;
    private Judgement[]? _all;
    private UInt128[] _members = [];

    public UInt128 Key { get; } = key;
    public EntryKind Kind { get; } = kind;

    /// <summary>Hash of the event's content.</summary>
    public ulong Content { get; set; }

    /// <summary>When it happened, UTC ticks; of an entry that waits: the newest judgement's time.</summary>
    public long Ticks { get; set; }

    /// <summary>Of an interaction: whether it has come.</summary>
    public bool Arrived { get; set; }

    public string Version { get; set; } = "";
    public string Decision { get; set; } = "";
    public string[] Slices { get; set; } = [];

    /// <summary>Its place among the judged interactions; 0 before its first judgement.</summary>
    public long Sequence { get; set; }

    /// <summary>Its reward when first judged.</summary>
    public double FirstReward { get; set; }

    /// <summary>Changed since it was last written.</summary>
    public bool Dirty { get; set; }

    public int JudgementCount { get; private set; }
    public int MemberCount { get; private set; }
    public ReadOnlySpan<Judgement> Judgements => _all is null ? new ReadOnlySpan<Judgement>(in _first)[..JudgementCount] : _all.AsSpan(0, JudgementCount);
    public ReadOnlySpan<UInt128> Members => _members.AsSpan(0, MemberCount);

    /// <summary>Whether the judgement would change anything: it is the first, or the latest, of its source on its metric.</summary>
    public bool Takes(in Judgement judgement)
    {
        foreach (ref readonly var old in Judgements)
            if (old.Source == judgement.Source && old.Metric == judgement.Metric)
                return judgement.IsLaterThan(old);
        return JudgementCount < MaxJudgements;
    }

    public bool IsFull(in Judgement judgement)
    {
        if (JudgementCount < MaxJudgements) return false;
        foreach (ref readonly var old in Judgements)
            if (old.Source == judgement.Source && old.Metric == judgement.Metric)
                return false;
        return true;
    }

    public void Put(in Judgement judgement)
    {
        var judgements = _all is null ? new Span<Judgement>(ref _first)[..JudgementCount] : _all.AsSpan(0, JudgementCount);
        foreach (ref var old in judgements)
        {
            if (old.Source != judgement.Source || old.Metric != judgement.Metric) continue;
            old = judgement;
            return;
        }
        if (JudgementCount == 0)
        {
            _first = judgement;
        }
        else
        {
            if (_all is null) _all = [_first, default];
            else if (JudgementCount == _all.Length) Array.Resize(ref _all, _all.Length * 2);
            _all[JudgementCount] = judgement;
        }
        JudgementCount++;
    }

    public bool AddMember(UInt128 interaction)
    {
        if (Members.Contains(interaction)) return true;
        if (MemberCount == MaxMembers) return false;
        if (MemberCount == _members.Length) Array.Resize(ref _members, Math.Max(2, _members.Length * 2));
        _members[MemberCount++] = interaction;
        return true;
    }
}
