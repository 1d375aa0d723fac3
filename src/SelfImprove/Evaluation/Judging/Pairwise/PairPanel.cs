using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration;
using SelfImprove.Models;
using SelfImprove.Runs;
using SelfImprove.Storage;

namespace SelfImprove.Evaluation.Judging.Pairwise;

/// <summary>
/// Asks all judges about all pairs. Charges before it asks; keeps each small group of verdicts at once, so that a killed or repeated activity asks again only what
/// was in flight.
/// </summary>
/// <param name="store">Where verdicts are kept.</param>
/// <param name="models">Opens the judges.</param>
/// <param name="spend">Is charged.</param>
/// <param name="journal">Keeps two executions from asking at once.</param>
public sealed class PairPanel(IObjectStore store, ModelCatalog models, SpendBook spend, IntentJournal journal)
{
    private const int InFlight = 10;
    private static readonly TaskSettings FreeText = new() { Output = TaskOutput.Text };

    /// <summary>The store path of a group's verdicts.</summary>
    public static string PathOf(RunRef run, int attempt, int group) => run.Path($"judged-{run.Round}-{attempt}-{group}.jsonl");

    /// <summary>Judges pairs.</summary>
    /// <param name="key">The activity's idempotency key.</param>
    /// <param name="run">The run and round.</param>
    /// <param name="attempt">Which attempt of the round.</param>
    /// <param name="manifest">The run's manifest; has judges.</param>
    /// <param name="pairs">The pairs.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Item to verdict; where the budget ended, later items are missing.</returns>
    public async Task<IReadOnlyDictionary<string, JudgedPair>> JudgeAsync(
        string key, RunRef run, int attempt, AgentManifest manifest, IReadOnlyList<AnsweredItem> pairs, CancellationToken cancellationToken)
    {
        var settings = manifest.Evaluation.Judge ?? throw new ArgumentException($"{manifest.Agent} has no evaluation.judge.", nameof(manifest));
        var claim = TimeSpan.FromMinutes(5) + (TimeSpan.FromSeconds(3) * pairs.Count);
        await journal.RunOnceAsync($"{key}/judge", claim, async token =>
        {
            await AskAllAsync(run, attempt, manifest, settings, pairs, token);
            return pairs.Count;
        }, cancellationToken);
        var judged = new Dictionary<string, JudgedPair>(StringComparer.Ordinal);
        for (var group = 0; group * InFlight < pairs.Count; group++)
        {
            var path = PathOf(run, attempt, group);
            if (await store.ReadAsync(path, new ByteRange(0, 1), cancellationToken) is null) break;
            await foreach (var one in JsonLines.ReadAsync<Line>(store, path, cancellationToken)) judged[one.Id] = one.Judged;
        }
        return judged;
    }

    private async Task AskAllAsync(
        RunRef run, int attempt, AgentManifest manifest, JudgeSettings settings, IReadOnlyList<AnsweredItem> pairs, CancellationToken cancellationToken)
    {
        var judges = new List<PairJudge>();
        foreach (var model in settings.Models) judges.Add(new PairJudge(await models.OpenAsync(model, FreeText, cancellationToken), manifest, settings));
        var number = 0;
        foreach (var group in pairs.Chunk(InFlight))
        {
            var (path, key) = (PathOf(run, attempt, number), $"{run.Run}/evaluate/{run.Round}/judge/{attempt}/{number}");
            number++;
            if (await store.ReadAsync(path, new ByteRange(0, 1), cancellationToken) is not null) continue;
            var questions = group.Count(p => !p.IsSame) * judges.Count * PairJudge.Orders;
            try
            {
                if (questions > 0) await spend.ChargeAsync(run, manifest.Budget, key, $"{questions} questions to judges", settings.Price * questions, cancellationToken);
            }
            catch (BudgetExceededException)
            {
                // What was judged stands; the report says how many pairs were not.
                return;
            }
            var outcomes = await Task.WhenAll(group.Select(p => JudgeAsync(judges, $"{run.Run}/{run.Round}/{attempt}/{p.Score.Id}", p, cancellationToken)));
            // Paid for: kept even where the host is stopping.
            await JsonLines.WriteOnceAsync(store, path, outcomes.Select(o => o.Line), CancellationToken.None);
            var more = outcomes.Sum(o => o.CostUsd) - settings.Price * questions;
            try
            {
                if (more > 0) await spend.BookSpentAsync(run, manifest.Budget, key + "/more", "questions to judges, beyond their stated price", more, cancellationToken);
            }
            catch (BudgetExceededException)
            {
                return;
            }
        }
    }

    private static async Task<(Line Line, decimal CostUsd)> JudgeAsync(List<PairJudge> judges, string salt, AnsweredItem pair, CancellationToken cancellationToken)
    {
        if (pair.IsSame) return (new Line(pair.Score.Id, JudgedPair.Same(judges.Count)), 0);
        var said = await Task.WhenAll(judges.Select((judge, i) => judge.JudgeAsync($"{salt}/{i}", pair, cancellationToken)));
        IReadOnlyList<PairVerdict?> verdicts = [.. said.Select(s => s.Verdict)];
        return (new Line(pair.Score.Id, new JudgedPair(JudgedPair.Majority(verdicts), verdicts, said.Count(s => s.Turned))), said.Sum(s => s.CostUsd));
    }

    private sealed record Line(string Id, JudgedPair Judged);
}
