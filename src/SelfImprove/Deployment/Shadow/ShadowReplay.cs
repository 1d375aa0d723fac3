using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Tools;
using SelfImprove.Agents.Versions;
using SelfImprove.DataGeneration;
using SelfImprove.DataGeneration.Datasets;
using SelfImprove.Deployment.Shadow.Scoring;
using SelfImprove.Evaluation.Comparing;
using SelfImprove.Evaluation.Judging.Pairwise;
using SelfImprove.Models;
using SelfImprove.Monitoring.Events;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Storage;

namespace SelfImprove.Deployment.Shadow;

/// <summary>
/// Has the challenger answer a few requests and the scorer compare, once: charged before, kept under a claim and in a file that is written once, so that a look which
/// is killed or repeated pays at most for what was in flight.
/// </summary>
/// <param name="documents">Where lots are kept.</param>
/// <param name="versions">Tell the challenger's model.</param>
/// <param name="models">Opens it.</param>
/// <param name="scorers">Opens the scorer.</param>
/// <param name="spend">Is charged.</param>
/// <param name="journal">Keeps two executions from asking at once.</param>
/// <param name="clock">Measures latency.</param>
public sealed class ShadowReplay(
    JsonDocuments documents, VersionStore versions, ModelCatalog models, PairScorers scorers, SpendBook spend, IntentJournal journal, TimeProvider clock)
{
    /// <summary>Requests that are asked and paid for together: what a kill may cost again.</summary>
    public const int LotSize = 10;

    // The challenger's latency is compared with the champion's in service: few at once, so that they don't wait for each other.
    private const int AtOnce = 4;
    private const int Tries = 2;
    private static readonly TimeSpan Claim = TimeSpan.FromMinutes(10);

    /// <summary>The store path of a lot.</summary>
    public static string PathOf(RolloutInput rollout, int number) => rollout.Run.Path($"shadow-{rollout.Run.Round}-{number}.json");

    /// <summary>A lot that was answered before; null where it was not.</summary>
    public async Task<ShadowLot?> FindAsync(RolloutInput rollout, int number, CancellationToken cancellationToken) =>
        (await documents.ReadAsync<ShadowLot>(PathOf(rollout, number), cancellationToken))?.Value;

    /// <summary>Answers a lot.</summary>
    /// <param name="rollout">The rollout.</param>
    /// <param name="manifest">The run's manifest.</param>
    /// <param name="state">The stage so far: the lot comes next.</param>
    /// <param name="interactions">The requests, at most <see cref="LotSize"/>.</param>
    /// <param name="isLast">Whether no request waits behind them.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="BudgetExceededException">There is no money for it; nobody was asked.</exception>
    /// <exception cref="TransientException">Somebody else is at it.</exception>
    public async Task<ShadowLot> AnswerAsync(
        RolloutInput rollout, AgentManifest manifest, ShadowState state, IReadOnlyList<Interaction> interactions, bool isLast, CancellationToken cancellationToken)
    {
        await journal.RunOnceAsync(KeyOf(rollout, state.Lots), Claim, async token =>
        {
            var (scorer, absent) = await OpenAsync(() => scorers.OpenAsync(manifest, state.Scorer, token));
            var charged = interactions.Count * Math.Max(state.MeanCostUsd, scorer?.PriceUsd ?? 0);
            if (charged > 0)
                await spend.ChargeAsync(rollout.Run, manifest.Budget, KeyOf(rollout, state.Lots), $"{interactions.Count} answers of {rollout.Candidate} in the shadow, and their comparison", charged, token);
            // A model that can't be opened would fail its callers too: that is what the stage is for.
            var (model, closed) = await OpenAsync(() => ChallengerAsync(manifest, rollout.Candidate, token));
            var pairs = new ShadowPair[interactions.Count];
            var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = token };
            await Parallel.ForAsync(0, pairs.Length, options, async (i, stop) => pairs[i] = await PairAsync(rollout, manifest, interactions[i], model, closed, scorer, absent, stop));
            // Paid for: kept even where the host is stopping.
            await documents.WriteAsync(PathOf(rollout, state.Lots), new ShadowLot(state.Lots, charged, isLast, pairs), WriteCondition.IfAbsent, CancellationToken.None);
            return pairs.Length;
        }, cancellationToken);
        return await FindAsync(rollout, state.Lots, cancellationToken) ?? throw new TransientException($"{PathOf(rollout, state.Lots)} vanished while it was read.");
    }

    /// <summary>Books what a lot cost beyond what was charged for it, once.</summary>
    /// <returns>Why no more may be spent; null while more may.</returns>
    public async Task<string?> BookAsync(RolloutInput rollout, AgentManifest manifest, ShadowLot lot, CancellationToken cancellationToken)
    {
        var more = lot.Pairs.Sum(p => p.CostUsd) - lot.ChargedUsd;
        if (more <= 0) return null;
        try
        {
            await spend.BookSpentAsync(
                rollout.Run, manifest.Budget, KeyOf(rollout, lot.Number) + "/more", $"{lot.Pairs.Count} answers of {rollout.Candidate} in the shadow, beyond what was charged before", more,
                cancellationToken);
            return null;
        }
        catch (BudgetExceededException over)
        {
            return over.Message;
        }
    }

    private static string KeyOf(RolloutInput rollout, int number) => $"{rollout.Run.Run}/shadow/{rollout.Run.Round}/{number}";

    private async Task<IChatModel?> ChallengerAsync(AgentManifest manifest, string candidate, CancellationToken cancellationToken)
    {
        var version = await versions.GetAsync(manifest.Agent, candidate, cancellationToken) ?? throw new InvalidOperationException($"{manifest.Agent} has no version {candidate}.");
        return await models.OpenAsync(version.Model, manifest.Task, cancellationToken);
    }

    /// <summary>Opens a model, or what asks one; gives why it can't be, where a later look would meet the same.</summary>
    private static async Task<(T? Opened, string? Closed)> OpenAsync<T>(Func<Task<T?>> open) where T : class
    {
        try
        {
            return (await open(), null);
        }
        catch (Exception e) when (e is not (TransientException or OperationCanceledException))
        {
            return (null, Short($"it can't be opened: {e.Message}"));
        }
    }

    private async Task<ShadowPair> PairAsync(
        RolloutInput rollout, AgentManifest manifest, Interaction asked, IChatModel? model, string? closed, IPairScorer? scorer, string? absent,
        CancellationToken cancellationToken)
    {
        var checkArguments = StudentKnowledge.NeedsArguments(manifest);
        var (answer, error, latency) = model is null ? (null, closed, null) : await AskAsync(model, manifest, asked, cancellationToken);
        var champion = asked.Error is null ? asked.Output : null;
        var pair = new ShadowPair
        {
            Interaction = asked.Id,
            Key = asked.Key,
            Champion = champion,
            ChampionError = asked.Error,
            ChampionProblem = champion is null ? null : OutputCheck.Problem(manifest.Task, champion, checkArguments),
            // Who reports interactions measures something else: the way to them, say.
            ChampionMs = asked.Routing is null || asked.Error is not null ? null : asked.LatencyMs,
            Challenger = answer?.Output,
            ChallengerError = error,
            ChallengerProblem = answer is null ? null : answer.Refusal is { } refusal ? Short($"it declined: {refusal}") : OutputCheck.Problem(manifest.Task, answer.Output, checkArguments),
            ChallengerMs = latency,
            CostUsd = answer?.CostUsd ?? 0,
        };
        if ((scorer is null && absent is null) || champion is null || answer is null) return pair;
        if (AnswerPair.AreSame(champion, answer.Output)) return pair with { Score = 0 };
        if (scorer is null) return pair with { Unscored = absent };
        var score = await scorer.ScoreAsync($"{rollout.Run.Run}/{rollout.Run.Round}/{asked.Id}", asked.Input, champion, answer.Output, cancellationToken);
        return pair with { Score = score.Difference, Unscored = score.Unscored is { } why ? Short(why) : null, CostUsd = pair.CostUsd + score.CostUsd };
    }

    private async Task<(ModelAnswer? Answer, string? Error, double? LatencyMs)> AskAsync(
        IChatModel model, AgentManifest manifest, Interaction asked, CancellationToken cancellationToken)
    {
        var task = manifest.Task;
        var request = new ModelRequest(SftFormat.Messages(task.Instructions, asked.Input), task.Tools is { Count: > 0 } tools ? tools : null);
        for (var attempt = 1; ; attempt++)
        {
            var started = clock.GetTimestamp();
            try
            {
                var answer = await model.AnswerAsync(request, cancellationToken);
                return (answer, null, clock.GetElapsedTime(started).TotalMilliseconds);
            }
            catch (TransientException) when (attempt < Tries)
            {
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                return (null, Short(e.Message), null);
            }
        }
    }

    private static string Short(string text) => text.Length <= 200 ? text : text[..197] + "...";
}
