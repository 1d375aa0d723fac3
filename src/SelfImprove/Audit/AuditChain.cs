namespace SelfImprove.Audit;

/// <summary>The end of an agent's log, as its writer knows it. Folds files in order; stops at the first byte that does not chain on.</summary>
/// <param name="agent">Whose log.</param>
/// <param name="seq">The number of the entry before the first file folded.</param>
/// <param name="hash">Its hash.</param>
/// <param name="acknowledged">An entry that must be there unchanged, where it is met.</param>
internal sealed class AuditChain(string agent, long seq, string hash, AuditHead? acknowledged)
{
    private Dictionary<string, AuditHead> _earlierKeys = [];
    private Dictionary<string, AuditHead> _keys = [];

    /// <summary>The last entry's number, 0 before the first.</summary>
    public long Seq { get; private set; } = seq;

    /// <summary>The last entry's hash.</summary>
    public string Hash { get; private set; } = hash;

    /// <summary>The last file's month; null before the first.</summary>
    public string? Month { get; private set; }

    /// <summary>The last file's length in bytes.</summary>
    public long Length { get; private set; }

    /// <summary>Whether the last file's month is closed.</summary>
    public bool IsSealed { get; private set; }

    /// <summary>What an interrupted append left at the last file's end.</summary>
    public ReadOnlyMemory<byte> Torn { get; private set; }

    /// <summary>Whether the last file ends within a line, so that the next append must end it.</summary>
    public bool IsInLine { get; private set; }

    /// <summary>The entry of a key, in this file or the one before.</summary>
    public AuditHead? Find(string key) => _keys.GetValueOrDefault(key) ?? _earlierKeys.GetValueOrDefault(key);

    /// <summary>Goes on to a later month.</summary>
    public void Begin(string month)
    {
        (_earlierKeys, _keys) = (_keys, []);
        (Month, Length, IsSealed, Torn, IsInLine) = (month, 0, false, default, false);
    }

    /// <summary>Takes in a whole file.</summary>
    public void Fold(ReadOnlyMemory<byte> file)
    {
        var at = 0;
        while (at < file.Length)
        {
            var rest = file.Span[at..];
            var end = rest.IndexOf((byte)'\n');
            var entry = AuditLine.Read(end < 0 ? rest : rest[..end]);
            var next = end < 0 ? rest.Length : end + 1;
            if (entry is null || !Follows(entry))
            {
                if (AuditRepair.Find(rest, at) is not var (repair, repairEnd) || !Follows(repair)) break;
                (entry, next) = (repair, repairEnd);
            }
            Accept(entry);
            at += next;
        }
        Length = file.Length;
        Torn = file[at..];
        IsInLine = file.Length > 0 && file.Span[^1] != '\n';
    }

    /// <summary>Takes in an entry that was appended.</summary>
    public void Accept(AuditEntry entry)
    {
        if (IsSealed) throw Broken($"entry {entry.Seq} follows the seal of its month");
        if (entry.Seq == acknowledged?.Seq && entry.Hash != acknowledged.Hash) throw Broken($"entry {entry.Seq} is not the one that was acknowledged");
        (Seq, Hash) = (entry.Seq, entry.Hash);
        IsSealed = entry.Kind == AuditKinds.Sealed;
        _keys.TryAdd(entry.Key, new AuditHead(entry.Seq, entry.Hash));
    }

    /// <summary>Notes that an append has gone through: the file is as long, and ends with a whole line.</summary>
    public void Appended(long length) => (Length, Torn, IsInLine) = (length, default, false);

    /// <summary>The exception that says what is wrong with the last file.</summary>
    public AuditBrokenException Broken(string what) => new(agent, AuditMonth.PathOf(agent, Month!), what);

    private bool Follows(AuditEntry entry) => entry.Seq == Seq + 1 && entry.Prev == Hash;
}
