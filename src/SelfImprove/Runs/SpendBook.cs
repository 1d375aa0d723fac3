using System.Collections.Concurrent;
using SelfImprove.Agents.Manifests;
using SelfImprove.Orchestration;
using SelfImprove.Storage;
using SelfImprove.Telemetry;

namespace SelfImprove.Runs;

/// <summary>
/// What runs spend, bounded by the manifest's budgets. A charge is made before the work it pays for, once per key: a repeated
/// activity finds its charge already made. A charge is a line appended at the length that the book was read to
/// (<c>spend/{agent}/{yyyy-MM}-{n}.ndjson</c>), so that two activities can't both take the last dollar, and the hundred thousandth charge costs
/// what the first did. A run is charged to the month in which it acts.
/// </summary>
/// <param name="store">Where it is kept.</param>
/// <param name="clock">Tells the month.</param>
public sealed class SpendBook(IObjectStore store, TimeProvider clock)
{
    private const int Attempts = 50;

    // Batches are charged many at a time. Within a host they take turns, so that only other hosts can come in between.
    private readonly ConcurrentDictionary<string, Turn> _turns = new(StringComparer.Ordinal);

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

    private Task ChargeAsync(RunRef run, BudgetSettings budget, string key, string what, decimal usd, bool spent, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(usd);
        return InTurnAsync(run.Agent, pages => ChargeInTurnAsync(pages, run, budget, new SpendLine(key, run.Run, what, usd), spent, cancellationToken), cancellationToken);
    }

    /// <summary>Records what was spent whether or not a budget allowed it, once per key.</summary>
    /// <param name="run">The run.</param>
    /// <param name="key">The idempotency key.</param>
    /// <param name="what">For a person.</param>
    /// <param name="usd">How much; 0 or more.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public Task RecordAsync(RunRef run, string key, string what, decimal usd, CancellationToken cancellationToken = default)
    {
        var unbounded = new BudgetSettings { PerRun = decimal.MaxValue, PerMonth = decimal.MaxValue };
        return ChargeAsync(run, unbounded, key, what, usd, spent: true, cancellationToken);
    }

    /// <summary>Takes back the charge under a key, where the work that it was for was refused before it began; without effect where there is none in
    /// this month or the last.</summary>
    public Task TakeBackAsync(RunRef run, string key, CancellationToken cancellationToken = default) =>
        InTurnAsync(run.Agent, async pages =>
        {
            for (var attempt = 0; attempt < Attempts; attempt++)
            {
                await pages.RefreshAsync(cancellationToken);
                if (pages.Find(key) is not { } charged) return true;
                if (!await pages.TryAppendAsync(MonthOf(clock.GetUtcNow()), charged with { TakenBack = true }, cancellationToken)) continue;
                Count(run.Agent, -charged.Usd);
                return true;
            }
            throw Busy(run.Agent);
        }, cancellationToken);

    /// <summary>What a run has spent.</summary>
    public Task<decimal> OfRunAsync(RunRef run, CancellationToken cancellationToken = default) =>
        FreshAsync(run.Agent, pages => pages.OfRun(run.Run), cancellationToken);

    /// <summary>What an agent has spent this calendar month (UTC).</summary>
    public Task<decimal> ThisMonthAsync(string agent, CancellationToken cancellationToken = default) =>
        FreshAsync(agent, pages => pages.OfMonth(MonthOf(clock.GetUtcNow())), cancellationToken);

    /// <summary>All charges of an agent that were not taken back, in the order in which they were made.</summary>
    public Task<IReadOnlyList<SpendEntry>> EntriesAsync(string agent, CancellationToken cancellationToken = default) =>
        SpendPages.ReadAllAsync(store, agent, cancellationToken);

    private Task<decimal> FreshAsync(string agent, Func<SpendPages, decimal> read, CancellationToken cancellationToken) =>
        InTurnAsync(agent, async pages =>
        {
            await pages.RefreshAsync(cancellationToken);
            return read(pages);
        }, cancellationToken);

    private async Task<bool> ChargeInTurnAsync(
        SpendPages pages, RunRef run, BudgetSettings budget, SpendLine line, bool spent, CancellationToken cancellationToken)
    {
        var isFresh = false;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var month = pages.MonthFor(MonthOf(clock.GetUtcNow()));
            var isCharged = pages.Find(line.Key) is not null;
            var exceeded = isCharged ? null : Exceeded(pages, run, budget, line, month);
            // What is known may be old: another host may have taken a charge back.
            if (!isFresh && (isCharged || exceeded is not null))
            {
                await pages.RefreshAsync(cancellationToken);
                isFresh = true;
                continue;
            }
            if (isCharged) return true;
            if (exceeded is not null && !spent) throw exceeded;
            if (!await pages.TryAppendAsync(month, line, cancellationToken))
            {
                await pages.RefreshAsync(cancellationToken);
                isFresh = true;
                continue;
            }
            Count(run.Agent, line.Usd);
            return exceeded is null ? true : throw exceeded;
        }
        throw Busy(run.Agent);
    }

    private static BudgetExceededException? Exceeded(SpendPages pages, RunRef run, BudgetSettings budget, SpendLine line, string month)
    {
        var (ofRun, ofMonth) = (pages.OfRun(run.Run), pages.OfMonth(month));
        if (ofRun + line.Usd > budget.PerRun)
            return new BudgetExceededException($"{line.What} costs {line.Usd:0.####} USD, but run {run.Run} has spent {ofRun:0.####} of its budget of {budget.PerRun:0.####} USD.");
        return ofMonth + line.Usd > budget.PerMonth
            ? new BudgetExceededException($"{line.What} costs {line.Usd:0.####} USD, but {run.Agent} has spent {ofMonth:0.####} of this month's budget of {budget.PerMonth:0.####} USD.")
            : null;
    }

    private async Task<T> InTurnAsync<T>(string agent, Func<SpendPages, Task<T>> act, CancellationToken cancellationToken)
    {
        var turn = _turns.GetOrAdd(agent, _ => new Turn());
        await turn.Gate.WaitAsync(cancellationToken);
        try
        {
            return await act(turn.Pages ??= await SpendPages.OpenAsync(store, agent, cancellationToken));
        }
        catch (Exception e) when (e is not BudgetExceededException)
        {
            // Whether an append took effect may be unknown: what the store has decides, next time.
            turn.Pages = null;
            throw;
        }
        finally
        {
            turn.Gate.Release();
        }
    }

    private static void Count(string agent, decimal usd) => ProductMetrics.Spend.Add((double)usd, new KeyValuePair<string, object?>(TelemetryNames.AgentName, agent));

    private static TransientException Busy(string agent) => new($"The spend book of {agent} is too busy: {Attempts} changes met another.");

    private static string MonthOf(DateTimeOffset now) => $"{now.UtcDateTime:yyyy-MM}";

    private sealed class Turn
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);

        public SpendPages? Pages { get; set; }
    }
}
