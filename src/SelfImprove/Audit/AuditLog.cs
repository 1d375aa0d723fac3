using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using SelfImprove.Orchestration;
using SelfImprove.Storage;

namespace SelfImprove.Audit;

/// <summary>
/// The append-only, hash-chained record of everything decided and done for an agent: <c>audit/{agent}/{yyyy-MM}.ndjson</c>. Each entry carries the
/// hash of the one before; a seal ends each month. An entry is appended at the length that the chain was read to; where another writer came first,
/// the chain is read again and the entry hashed again. What an interrupted append left behind is never removed: the next append puts an
/// <see cref="AuditKinds.Repaired"/> entry with its place and hash after it.
/// </summary>
/// <param name="store">Where it is kept.</param>
/// <param name="clock">Dates entries.</param>
public sealed class AuditLog(IObjectStore store, TimeProvider clock)
{
    /// <summary>The most bytes of a record's data as JSON.</summary>
    public const int MaxData = 256 * 1024;

    private const int MaxText = 1000;
    private const int MostTries = 50;

    // The month under way, the one before for keys, and one more for a new month whose first entry was torn.
    private const int MonthsRead = 3;

    private readonly ConcurrentDictionary<string, Slot> _slots = new(StringComparer.Ordinal);

    /// <summary>Puts something on record. Once this has returned, the entry is on stable storage.</summary>
    /// <param name="agent">The agent it is about.</param>
    /// <param name="record">What. A record whose key was recorded in this month or the one before changes nothing.</param>
    /// <param name="cancellationToken">Gives up before the append begins.</param>
    /// <returns>The entry's place; the caller need not keep it.</returns>
    /// <exception cref="AuditBrokenException">The log was tampered with or damaged.</exception>
    /// <exception cref="TransientException">Other writers came first too often.</exception>
    /// <exception cref="StorageException">The store failed; whether the entry was recorded is unknown, and the same key may safely be tried again.</exception>
    public async Task<AuditReceipt> AppendAsync(string agent, AuditRecord record, CancellationToken cancellationToken = default)
    {
        var slot = SlotOf(agent);
        var draft = Draft(record);
        await slot.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            for (var tries = 0; tries < MostTries; tries++)
            {
                var chain = slot.Chain ??= await LoadAsync(agent, slot.Acknowledged, cancellationToken).ConfigureAwait(false);
                if (chain.Find(record.Key) is { } there) return new AuditReceipt(there, false);
                if (await TryAppendAsync(agent, slot, chain, draft, cancellationToken).ConfigureAwait(false))
                    return new AuditReceipt(slot.Acknowledged!, true);
                slot.Chain = null;
            }
        }
        catch
        {
            // Whether the append took effect is unknown: what the store has decides, next time.
            slot.Chain = null;
            throw;
        }
        finally
        {
            slot.Gate.Release();
        }
        throw new TransientException($"Other writers came first {MostTries} times in a row in the audit log of {agent}; try again later.");
    }

    /// <summary>The last entry, to be anchored elsewhere; null where there is none.</summary>
    /// <exception cref="AuditBrokenException">The log was tampered with or damaged.</exception>
    public async Task<AuditHead?> HeadAsync(string agent, CancellationToken cancellationToken = default)
    {
        var slot = SlotOf(agent);
        await slot.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var chain = slot.Chain ??= await LoadAsync(agent, slot.Acknowledged, cancellationToken).ConfigureAwait(false);
            return chain.Seq == 0 ? null : new AuditHead(chain.Seq, chain.Hash);
        }
        finally
        {
            slot.Gate.Release();
        }
    }

    /// <summary>Reads the entries after a number, in order, to show them; lines that are no entry are passed over (<see cref="AuditVerifier"/> judges).</summary>
    public async IAsyncEnumerable<AuditEntry> ReadAsync(
        string agent, long after = 0, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        StoragePath.Name(agent, "an agent");
        await foreach (var file in store.ListAsync(AuditMonth.Folder(agent), null, cancellationToken).ConfigureAwait(false))
        {
            var stored = await store.ReadAsync(file.Path, null, cancellationToken).ConfigureAwait(false);
            for (var rest = stored?.Bytes ?? default; !rest.IsEmpty;)
            {
                var end = rest.Span.IndexOf((byte)'\n');
                var line = end < 0 ? rest : rest[..end];
                rest = end < 0 ? default : rest[(end + 1)..];
                if (AuditLine.Read(line.Span) is { } entry && entry.Seq > after) yield return entry;
            }
        }
    }

    private static AuditEntry Draft(AuditRecord record)
    {
        foreach (var (text, what) in new[] { (record.Kind, "kind"), (record.Actor, "actor"), (record.Key, "key") })
            if (string.IsNullOrEmpty(text) || text.Length > MaxText)
                throw new ArgumentException($"An audit record's {what} must have 1 to {MaxText} characters.");
        if (record.Run?.Length > MaxText) throw new ArgumentException($"An audit record's run must have at most {MaxText} characters.");
        if (record.Kind is AuditKinds.Sealed or AuditKinds.Repaired || record.Key.StartsWith("audit.", StringComparison.Ordinal))
            throw new ArgumentException($"Audit kind '{record.Kind}' and key '{record.Key}': 'audit.…' is kept for the log's own entries.");
        var data = JsonSerializer.SerializeToElement(record.Data, SeamJson.Options);
        if (data.GetRawText().Length > MaxData)
            throw new ArgumentException($"The data of audit record {record.Key} is larger than {MaxData} characters: "
                + "store it as an object, and record its path and hash.");
        var draft = new AuditEntry(0, default, record.Kind, record.Run, record.Actor, data, record.Key, "", "");

        // What cannot be read back must not get into the chain: written once on trial.
        var trial = new ArrayBufferWriter<byte>(1024);
        AuditLine.Write(trial, draft);
        return AuditLine.Read(trial.WrittenSpan[..^1]) is not null
            ? draft
            : throw new ArgumentException($"The data of audit record {record.Key} cannot be read back: it is nested too deeply (at most 60 levels).");
    }

    private async Task<bool> TryAppendAsync(string agent, Slot slot, AuditChain chain, AuditEntry draft, CancellationToken cancellationToken)
    {
        var month = AuditMonth.Of(clock.GetUtcNow());
        if (chain.Month is { } last)
        {
            // A clock behind that of an earlier writer does not reopen a month.
            var earliest = chain.IsSealed ? AuditMonth.After(last) : last;
            if (string.CompareOrdinal(month, earliest) < 0) month = earliest;
            if (month != last && !chain.IsSealed)
            {
                var data = JsonSerializer.SerializeToElement(new { month = last }, SeamJson.Options);
                var seal = new AuditEntry(0, default, AuditKinds.Sealed, null, "audit", data, $"audit.sealed/{last}", "", "");
                if (!await WriteAsync(agent, slot, chain, seal, cancellationToken).ConfigureAwait(false)) return false;
            }
        }
        if (month != chain.Month) chain.Begin(month);
        return await WriteAsync(agent, slot, chain, draft, cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> WriteAsync(string agent, Slot slot, AuditChain chain, AuditEntry draft, CancellationToken cancellationToken)
    {
        var block = new ArrayBufferWriter<byte>(1024);
        if (chain.IsInLine) block.Write("\n"u8);
        var (seq, prev, now) = (chain.Seq, chain.Hash, clock.GetUtcNow());
        var entries = new List<AuditEntry>(2);
        void Chain(AuditEntry entry)
        {
            entry = AuditLine.Write(block, entry with { Seq = ++seq, Prev = prev, Time = now });
            prev = entry.Hash;
            entries.Add(entry);
        }

        if (!chain.Torn.IsEmpty)
        {
            if (chain.IsSealed || !AuditLine.CanBeTorn(chain.Torn.Span)) throw chain.Broken($"what follows entry {chain.Seq} does not chain on to it");
            var repair = new AuditRepair(chain.Length - chain.Torn.Length, chain.Torn.Length, AuditLine.Hash(chain.Torn.Span));
            var data = JsonSerializer.SerializeToElement(repair, SeamJson.Options);
            Chain(new AuditEntry(0, default, AuditKinds.Repaired, null, "audit", data, $"audit.repaired/{chain.Month}/{repair.Offset}", "", ""));
        }
        Chain(draft);

        var path = AuditMonth.PathOf(agent, chain.Month!);
        var result = await store.AppendAsync(path, block.WrittenMemory, chain.Length, cancellationToken).ConfigureAwait(false);
        if (!result.Appended) return false;
        foreach (var entry in entries) chain.Accept(entry);
        chain.Appended(result.Length);
        slot.Acknowledged = new AuditHead(chain.Seq, chain.Hash);
        return true;
    }

    private async Task<AuditChain> LoadAsync(string agent, AuditHead? acknowledged, CancellationToken cancellationToken)
    {
        var months = new List<string>();
        await foreach (var file in store.ListAsync(AuditMonth.Folder(agent), null, cancellationToken).ConfigureAwait(false))
            if (AuditMonth.FromPath(file.Path) is { } month) months.Add(month);

        AuditChain? chain = null;
        for (var i = Math.Max(0, months.Count - MonthsRead); i < months.Count; i++)
        {
            var bytes = (await store.ReadAsync(AuditMonth.PathOf(agent, months[i]), null, cancellationToken).ConfigureAwait(false))?.Bytes ?? default;
            chain ??= i == 0 ? new AuditChain(agent, 0, AuditLine.Genesis(agent), acknowledged) : Middle(agent, months[i], bytes, acknowledged);
            chain.Begin(months[i]);
            chain.Fold(bytes);
            var mustBeWhole = chain.IsSealed || i < months.Count - 1;
            if (mustBeWhole && (!chain.IsSealed || !chain.Torn.IsEmpty)) throw chain.Broken($"what follows entry {chain.Seq} does not chain on to it");
        }
        chain ??= new AuditChain(agent, 0, AuditLine.Genesis(agent), acknowledged);
        return chain.Seq >= (acknowledged?.Seq ?? 0)
            ? chain
            : throw new AuditBrokenException(agent, AuditMonth.Folder(agent), $"it ends with entry {chain.Seq}, but {acknowledged!.Seq} were acknowledged");
    }

    private static AuditChain Middle(string agent, string month, ReadOnlyMemory<byte> bytes, AuditHead? acknowledged)
    {
        var end = bytes.Span.IndexOf((byte)'\n');
        var first = AuditLine.Read(end < 0 ? bytes.Span : bytes.Span[..end])
            ?? (AuditRepair.Find(bytes.Span, 0) is var (repair, _) ? repair : null)
            ?? throw new AuditBrokenException(agent, AuditMonth.PathOf(agent, month), "its first line is no entry");
        return new AuditChain(agent, first.Seq - 1, first.Prev, acknowledged);
    }

    private Slot SlotOf(string agent) => _slots.GetOrAdd(StoragePath.Name(agent, "an agent"), _ => new Slot());

    private sealed class Slot
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);

        public AuditChain? Chain { get; set; }

        public AuditHead? Acknowledged { get; set; }
    }
}
