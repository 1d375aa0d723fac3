using System.Collections.Concurrent;
using System.Text.Json;
using SelfImprove.Agents.Manifests;
using SelfImprove.Orchestration;
using SelfImprove.Storage;
using SelfImprove.Telemetry;

namespace SelfImprove.Runs;

/// <summary>
/// What runs spend, bounded by the manifest's budgets. A charge is made before the work it pays for, once per key: a repeated
/// activity finds its charge already made. One object per agent and month (<c>spend/{agent}/{yyyy-MM}.json</c>), changed by
/// compare-and-swap, so that two activities can't both take the last dollar. A run is charged to the month in which it acts.
/// </summary>
/// <param name="store">Where it is kept.</param>
/// <param name="clock">Tells the month.</param>
public sealed class SpendBook(IObjectStore store, TimeProvider clock)
{
    private const int Attempts = 50;

    // Batches are charged many at a time. Within a host they take turns, so that only other hosts can come in between.
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _turns = new(StringComparer.Ordinal);

    /// <summary>Charges a run, or throws.</summary>
    /// <param name="run">The run.</param>
    /// <param name="budget">The pinned manifest's budget.</param>
    /// <param name="key">The idempotency key: a second charge under it changes nothing.</param>
    /// <param name="what">For a person.</param>
    /// <param name="usd">How much; 0 or more.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="BudgetExceededException">It would exceed the run's or the month's budget.</exception>
    public Task ChargeAsync(RunRef run, BudgetSettings budget, string key, string what, decimal usd, CancellationToken cancellationToken = default) =>
        ChargeAsync(run, budget, key, what, usd, spent: false, cancellationToken);

    /// <summary>Books what was spent already, for its price was known only afterwards; where that is over the budget, books it and throws.</summary>
    /// <param name="run">The run.</param>
    /// <param name="budget">The pinned manifest's budget.</param>
    /// <param name="key">The idempotency key: a second booking under it changes nothing.</param>
    /// <param name="what">For a person.</param>
    /// <param name="usd">How much; 0 or more.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="BudgetExceededException">It exceeds the run's or the month's budget.</exception>
    public Task BookSpentAsync(RunRef run, BudgetSettings budget, string key, string what, decimal usd, CancellationToken cancellationToken = default) =>
        ChargeAsync(run, budget, key, what, usd, spent: true, cancellationToken);

    private async Task ChargeAsync(RunRef run, BudgetSettings budget, string key, string what, decimal usd, bool spent, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(usd);
        await InTurnAsync(run, () => ChargeInTurnAsync(run, budget, key, what, usd, spent, cancellationToken), cancellationToken);
    }

    /// <summary>Records what was spent whether or not a budget allowed it, once per key.</summary>
    /// <param name="run">The run.</param>
    /// <param name="key">The idempotency key.</param>
    /// <param name="what">For a person.</param>
    /// <param name="usd">How much; 0 or more.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task RecordAsync(RunRef run, string key, string what, decimal usd, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(usd);
        var unbounded = new BudgetSettings { PerRun = decimal.MaxValue, PerMonth = decimal.MaxValue };
        await InTurnAsync(run, () => ChargeInTurnAsync(run, unbounded, key, what, usd, spent: true, cancellationToken), cancellationToken);
    }

    /// <summary>Takes back the charge under a key, where the work that it was for was refused before it began; without effect where there is none this
    /// month.</summary>
    public async Task TakeBackAsync(RunRef run, string key, CancellationToken cancellationToken = default) =>
        await InTurnAsync(run, () => TakeBackInTurnAsync(run, key, cancellationToken), cancellationToken);

    private async Task TakeBackInTurnAsync(RunRef run, string key, CancellationToken cancellationToken)
    {
        var path = PathOf(run.Agent, clock.GetUtcNow());
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var (entries, etag) = await ReadAsync(path, cancellationToken);
            if (etag is null || !entries.Remove(key, out var taken)) return;
            var bytes = JsonSerializer.SerializeToUtf8Bytes(entries, SeamJson.Indented);
            if (!(await store.WriteAsync(path, bytes, WriteCondition.IfMatch(etag), cancellationToken)).Written) continue;
            ProductMetrics.Spend.Add(-(double)taken.Usd, new KeyValuePair<string, object?>(TelemetryNames.AgentName, run.Agent));
            return;
        }
        throw new TransientException($"The spend book of {run.Agent} is too busy: {Attempts} changes met another.");
    }

    private async Task InTurnAsync(RunRef run, Func<Task> change, CancellationToken cancellationToken)
    {
        var turn = _turns.GetOrAdd(run.Agent, _ => new SemaphoreSlim(1, 1));
        await turn.WaitAsync(cancellationToken);
        try
        {
            await change();
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task ChargeInTurnAsync(
        RunRef run, BudgetSettings budget, string key, string what, decimal usd, bool spent, CancellationToken cancellationToken)
    {
        var path = PathOf(run.Agent, clock.GetUtcNow());
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var (entries, etag) = await ReadAsync(path, cancellationToken);
            if (entries.ContainsKey(key)) return;
            var month = entries.Values.Sum(e => e.Usd);
            var ofRun = await OfRunAsync(run, cancellationToken);
            BudgetExceededException? exceeded = null;
            if (ofRun + usd > budget.PerRun)
                exceeded = new BudgetExceededException($"{what} costs {usd:0.####} USD, but run {run.Run} has spent {ofRun:0.####} of its budget of {budget.PerRun:0.####} USD.");
            else if (month + usd > budget.PerMonth)
                exceeded = new BudgetExceededException($"{what} costs {usd:0.####} USD, but {run.Agent} has spent {month:0.####} of this month's budget of {budget.PerMonth:0.####} USD.");
            if (exceeded is not null && !spent) throw exceeded;
            entries[key] = new SpendEntry(run.Run, what, usd);
            var bytes = JsonSerializer.SerializeToUtf8Bytes(entries, SeamJson.Indented);
            var condition = etag is null ? WriteCondition.IfAbsent : WriteCondition.IfMatch(etag);
            if (!(await store.WriteAsync(path, bytes, condition, cancellationToken)).Written) continue;
            ProductMetrics.Spend.Add((double)usd, new KeyValuePair<string, object?>(TelemetryNames.AgentName, run.Agent));
            if (exceeded is not null) throw exceeded;
            return;
        }
        throw new TransientException($"The spend book of {run.Agent} is too busy: {Attempts} changes met another.");
    }

    /// <summary>What a run has spent.</summary>
    public async Task<decimal> OfRunAsync(RunRef run, CancellationToken cancellationToken = default) =>
        (await EntriesAsync(run.Agent, cancellationToken)).Where(e => e.Run == run.Run).Sum(e => e.Usd);

    /// <summary>What an agent has spent this calendar month (UTC).</summary>
    public async Task<decimal> ThisMonthAsync(string agent, CancellationToken cancellationToken = default) =>
        (await ReadAsync(PathOf(agent, clock.GetUtcNow()), cancellationToken)).Entries.Values.Sum(e => e.Usd);

    /// <summary>All charges of an agent, oldest month first.</summary>
    public async Task<IReadOnlyList<SpendEntry>> EntriesAsync(string agent, CancellationToken cancellationToken = default)
    {
        var all = new List<SpendEntry>();
        await foreach (var month in store.ListAsync($"spend/{agent}/", cancellationToken: cancellationToken))
            all.AddRange((await ReadAsync(month.Path, cancellationToken)).Entries.Values);
        return all;
    }

    private static string PathOf(string agent, DateTimeOffset now) => $"spend/{agent}/{now.UtcDateTime:yyyy-MM}.json";

    private async Task<(SortedDictionary<string, SpendEntry> Entries, string? ETag)> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var stored = await store.ReadAsync(path, cancellationToken: cancellationToken);
        return stored is null
            ? (new SortedDictionary<string, SpendEntry>(StringComparer.Ordinal), null)
            : (JsonSerializer.Deserialize<SortedDictionary<string, SpendEntry>>(stored.Bytes.Span, SeamJson.Options)!, stored.ETag);
    }
}
