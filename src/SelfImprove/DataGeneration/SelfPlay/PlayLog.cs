using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration.Labelling;
using SelfImprove.Runs;
using SelfImprove.Storage;

namespace SelfImprove.DataGeneration.SelfPlay;

/// <summary>
/// Plays many inputs, a few at once. Charges before it plays and keeps each small group as soon as it is played, so that a killed or repeated activity pays again
/// only for what was in flight.
/// </summary>
/// <param name="store">Where groups are kept.</param>
/// <param name="spend">Is charged.</param>
/// <param name="journal">Keeps two executions from playing at once.</param>
public sealed class PlayLog(IObjectStore store, SpendBook spend, IntentJournal journal)
{
    private const int InFlight = 10;

    /// <summary>Plays inputs until all are played, the budget ends, or <paramref name="most"/> is reached.</summary>
    /// <param name="name">Names the files: <c>{name}-{round}-{group}.jsonl</c>.</param>
    /// <param name="run">The run and round.</param>
    /// <param name="budget">The manifest's budget.</param>
    /// <param name="table">Where they are played.</param>
    /// <param name="items">The inputs.</param>
    /// <param name="most">What it may cost at most, in USD; null for the budget alone.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>What was played, in the inputs' order; fewer than the inputs where money ended.</returns>
    public async Task<IReadOnlyList<PlayedItem>> PlayAsync(
        string name, RunRef run, BudgetSettings budget, SelfPlayTable table, IReadOnlyList<LabelItem> items, decimal? most, CancellationToken cancellationToken)
    {
        var claim = TimeSpan.FromMinutes(5) + (TimeSpan.FromSeconds(10) * items.Count);
        await journal.RunOnceAsync($"{run.Run}/{run.Round}/{name}", claim, async token =>
        {
            await PlayGroupsAsync(name, run, budget, table, items, most, token);
            return items.Count;
        }, cancellationToken);
        var played = new List<PlayedItem>();
        for (var group = 0; group * InFlight < items.Count; group++)
        {
            var path = PathOf(run, name, group);
            if (await store.ReadAsync(path, new ByteRange(0, 1), cancellationToken) is null) break;
            await foreach (var one in JsonLines.ReadAsync<PlayedItem>(store, path, cancellationToken)) played.Add(one);
        }
        return played;
    }

    private async Task PlayGroupsAsync(
        string name, RunRef run, BudgetSettings budget, SelfPlayTable table, IReadOnlyList<LabelItem> items, decimal? most, CancellationToken cancellationToken)
    {
        var (number, spent) = (0, 0m);
        foreach (var group in items.Chunk(InFlight))
        {
            var (path, key) = (PathOf(run, name, number), $"{run.Run}/{run.Round}/{name}/{number}");
            number++;
            if (await store.ReadAsync(path, new ByteRange(0, 1), cancellationToken) is not null)
            {
                await foreach (var one in JsonLines.ReadAsync<PlayedItem>(store, path, cancellationToken)) spent += one.StudentUsd + one.VerifierUsd;
                continue;
            }
            var price = table.PriceUsd * group.Length;
            if (spent + price > most) return;
            try
            {
                if (price > 0) await spend.ChargeAsync(run, budget, key, $"verifying {group.Length} inputs of self-play", price, cancellationToken);
                var played = await Task.WhenAll(group.Select(item => table.PlayAsync(item, cancellationToken)));
                // Paid for: kept even where the host is stopping.
                await JsonLines.WriteOnceAsync(store, path, played, CancellationToken.None);
                var cost = played.Sum(p => p.StudentUsd + p.VerifierUsd);
                spent += Math.Max(cost, price);
                if (cost > price) await spend.BookSpentAsync(run, budget, key + "/more", "the student's answers in self-play", cost - price, cancellationToken);
            }
            catch (BudgetExceededException)
            {
                // What was played stands; who asked sees that some is missing.
                return;
            }
        }
    }

    private static string PathOf(RunRef run, string name, int group) => run.Path($"{name}-{run.Round}-{group}.jsonl");
}
