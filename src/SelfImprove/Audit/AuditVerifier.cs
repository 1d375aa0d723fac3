using System.Text.Json;
using SelfImprove.Storage;

namespace SelfImprove.Audit;

/// <summary>
/// Reads an agent's whole audit log and finds what is not as it was written: any edit, gap, reordering or truncation up to the last anchor. After
/// the last anchor it finds all that was not rehashed; the number of entries without an anchor is reported.
/// </summary>
/// <param name="store">Where the log is kept.</param>
public sealed class AuditVerifier(IObjectStore store)
{
    /// <summary>The most problems reported.</summary>
    public const int MostProblems = 100;

    /// <summary>Verifies a log.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="anchors">Heads kept elsewhere; may be empty.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<AuditVerification> VerifyAsync(string agent, IReadOnlyList<AuditAnchor> anchors, CancellationToken cancellationToken = default)
    {
        var walk = new Walk(StoragePath.Name(agent, "an agent"), anchors);
        string? open = null;
        await foreach (var file in store.ListAsync(AuditMonth.Folder(agent), null, cancellationToken).ConfigureAwait(false))
        {
            if (AuditMonth.FromPath(file.Path) is not { } month || file.Path != AuditMonth.PathOf(agent, month))
            {
                walk.Report(file.Path, -1, "This file does not belong to an audit log: expected {yyyy-MM}.ndjson.");
                continue;
            }
            if (open is not null) walk.EndMonth(open, isLast: false);
            var bytes = (await store.ReadAsync(file.Path, null, cancellationToken).ConfigureAwait(false))?.Bytes ?? default;
            walk.Month(file.Path, month, bytes.Span);
            open = file.Path;
        }
        if (open is not null) walk.EndMonth(open, isLast: true);
        return walk.Result();
    }

    private sealed class Walk(string agent, IReadOnlyList<AuditAnchor> anchors)
    {
        private readonly ILookup<long, AuditAnchor> _anchors = anchors.ToLookup(a => a.Seq);
        private readonly List<AuditProblem> _problems = [];
        private readonly List<string> _notes = [];
        private readonly HashSet<long> _seen = [];
        private long _entries;
        private long _seq;
        private string _hash = AuditLine.Genesis(agent);
        private bool _sealed;
        private (long Offset, int Length)? _torn;
        private long _lastAnchored;

        public void Report(string path, long offset, string message)
        {
            if (_problems.Count < MostProblems) _problems.Add(new AuditProblem(path, offset, message));
        }

        public void Month(string path, string month, ReadOnlySpan<byte> bytes)
        {
            (_sealed, _torn) = (false, null);
            for (var at = 0; at < bytes.Length;)
            {
                var rest = bytes[at..];
                var end = rest.IndexOf((byte)'\n');
                var next = end < 0 ? rest.Length : end + 1;
                var entry = AuditLine.Read(end < 0 ? rest : rest[..end]);
                if ((entry is null || !Follows(entry)) && AuditRepair.Find(rest, at) is var (repair, repairEnd) && Follows(repair))
                {
                    _notes.Add($"{path}: from byte {at}, an interrupted append that was never acknowledged; entry {repair.Seq} accounts for it.");
                    (entry, next) = (repair, repairEnd);
                }
                if (entry is not null) Accept(path, month, at, entry);
                else if (AuditLine.CanBeTorn(rest)) (_torn, next) = ((at, rest.Length), rest.Length);
                else Report(path, at, $"After entry {_seq} comes a line that is damaged or was edited: its hash is not that of its contents.");
                at += next;
            }
        }

        public void EndMonth(string path, bool isLast)
        {
            if (_torn is var (offset, length))
            {
                if (isLast && !_sealed) _notes.Add($"{path}: the last {length} bytes are an interrupted append that was never acknowledged; "
                    + "the next append will account for them.");
                else Report(path, offset, $"{length} bytes after entry {_seq} are no entry, and nothing accounts for them.");
            }
            if (!isLast && !_sealed) Report(path, -1, $"The month does not end with its seal: entries after {_seq} are missing, or were moved.");
        }

        public AuditVerification Result()
        {
            foreach (var anchor in _anchors.Where(g => !_seen.Contains(g.Key)).SelectMany(g => g))
                Report(AuditMonth.Folder(agent), -1, $"Entry {anchor.Seq} is missing, which {anchor.Source} vouches for: the log was cut short, or rewritten.");
            return new AuditVerification(
                agent, _entries, _entries == 0 ? null : new AuditHead(_seq, _hash), _lastAnchored, Math.Max(0, _seq - _lastAnchored), _problems, _notes);
        }

        private void Accept(string path, string month, long offset, AuditEntry entry)
        {
            if (_sealed) Report(path, offset, $"Entry {entry.Seq} comes after the seal of its month.");
            if (entry.Seq != _seq + 1)
                Report(path, offset, $"Entry {entry.Seq} comes after entry {_seq}, where {_seq + 1} was expected: "
                    + "entries are missing, repeated or out of order.");
            else if (entry.Prev != _hash)
                Report(path, offset, $"Entry {entry.Seq} does not chain on to entry {_seq}: one of them was rewritten, or is another log's.");

            // The log's own entries may be late: a month is sealed when the next one begins.
            if (entry.Kind is not (AuditKinds.Sealed or AuditKinds.Repaired) && string.CompareOrdinal(AuditMonth.Of(entry.Time), month) > 0)
                Report(path, offset, $"Entry {entry.Seq} of {entry.Time:u} stands in the file of an earlier month.");
            _sealed = entry.Kind == AuditKinds.Sealed;
            if (_sealed && !(entry.Data.ValueKind == JsonValueKind.Object && entry.Data.TryGetProperty("month", out var named) && named.ValueEquals(month)))
                Report(path, offset, $"Entry {entry.Seq} is the seal of another month.");
            foreach (var anchor in _anchors[entry.Seq])
            {
                _seen.Add(entry.Seq);
                if (anchor.Hash != entry.Hash)
                    Report(path, offset, $"Entry {entry.Seq} is not the one that {anchor.Source} vouches for: it, or one before it, was rewritten.");
                else if (_problems.Count == 0) _lastAnchored = Math.Max(_lastAnchored, entry.Seq);
            }
            (_entries, _seq, _hash) = (_entries + 1, entry.Seq, entry.Hash);
        }

        private bool Follows(AuditEntry entry) => entry.Seq == _seq + 1 && entry.Prev == _hash;
    }
}
