using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Versions;
using SelfImprove.DataGeneration;
using SelfImprove.DataGeneration.Filters;
using SelfImprove.DataGeneration.Labelling;
using SelfImprove.Evaluation.Evaluators;
using SelfImprove.Evaluation.Scoring;
using SelfImprove.Evaluation.ValidationSets;
using SelfImprove.Models;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Statistics.Paired;
using SelfImprove.Storage;

namespace SelfImprove.Evaluation.Comparing;

/// <summary>
/// Lets champion and candidate answer the drawn items (and the golden set), and says which labels are worth buying: see <see cref="LabelChoice"/>. A second run gives
/// what the first one wrote; a later attempt of the round asks again only about items that are new.
/// </summary>
/// <param name="store">Where answers are written.</param>
/// <param name="manifests">The pinned manifests.</param>
/// <param name="versions">The versions.</param>
/// <param name="models">Opens them.</param>
/// <param name="sets">The labelled items.</param>
/// <param name="spend">Is charged with what the answers cost.</param>
/// <param name="guard">Whether the run may still act.</param>
/// <param name="redactor">Tells personal data.</param>
/// <param name="clock">Measures latency.</param>
public sealed class CompareAnswers(
    IObjectStore store, PinnedManifests manifests, VersionStore versions, ModelCatalog models, ValidationSetStore sets, SpendBook spend, RunGuard guard,
    ITextRedactor redactor, TimeProvider clock) : Activity<CompareInput, ComparedAnswers>
{
    /// <summary>The name under which it is called.</summary>
    public static readonly ActivityRef<CompareInput, ComparedAnswers> Ref = new(nameof(CompareAnswers));

    /// <summary>How its call is repeated: a model that is busy is asked again for some minutes.</summary>
    public static readonly RetryPolicy Retry = ScoreCandidate.Retry;

    /// <summary>Answers that tell what the rest will cost, before it is paid for.</summary>
    private const int Pilot = 5;

    /// <summary>The share of items answered alike that is labelled where no goal asks how good the candidate is: enough to report it.</summary>
    public const double AgreeingShare = 0.25;

    /// <summary>The same where a goal has to be reached and nothing is known of the spreads: two versions are right more surely where they agree.</summary>
    private const double FirstGuess = 0.6;

    private const int EnoughKnown = 20;

    /// <summary>The store path of an attempt's answers.</summary>
    public static string PathOf(RunRef run, int attempt) => run.Path($"answers-{run.Round}-{attempt}.jsonl");

    /// <inheritdoc />
    public override async Task<ComparedAnswers> RunAsync(ActivityContext context, CompareInput input, CancellationToken cancellationToken)
    {
        var run = input.Evaluation.Run;
        await guard.EnsureActiveAsync(run, cancellationToken);
        var manifest = await manifests.GetAsync(run, cancellationToken);
        var labeller = LabellerOf(manifest);
        var drawn = await JsonLines.ReadAsync<ValidationItem>(store, input.Items, cancellationToken).ToListAsync(cancellationToken);
        var known = (await sets.CurrentAsync(run.Agent, cancellationToken)).Items.DistinctBy(ValidationSetStore.KeyOf)
            .ToDictionary(ValidationSetStore.KeyOf, StringComparer.Ordinal);
        var (path, toLabel) = (PathOf(run, input.Attempt), run.Path($"validation-{run.Round}-{input.Attempt}.unlabelled.jsonl"));
        if (await store.ReadAsync(path, new ByteRange(0, 1), cancellationToken) is null)
            await JsonLines.WriteOnceAsync(store, path, await AnswerAsync(input, manifest, drawn, known, cancellationToken), cancellationToken);
        var pairs = await JsonLines.ReadAsync<AnswerPair>(store, path, cancellationToken).ToListAsync(cancellationToken);

        // In the order of the draw, so that a labeller that stops half-way has labelled every part at random.
        var chosen = pairs.Where(p => p is { Golden: false, Chosen: true }).Select(p => p.Id).ToHashSet(StringComparer.Ordinal);
        var missing = drawn.Where(i => chosen.Contains(i.Id) && !known.ContainsKey(ValidationSetStore.KeyOf(i))).Select(i => new LabelItem(i.Id, i.Input, i.Slice));
        await JsonLines.WriteOnceAsync(store, toLabel, AnswerEvaluators.Of(manifest).NeedsLabel ? missing : [], cancellationToken);
        var count = await JsonLines.ReadLinesAsync(store, toLabel, cancellationToken).CountAsync(cancellationToken);
        return new ComparedAnswers(path, pairs.Count(p => p.Stratum == ItemStratum.Differs), labeller, toLabel, count);
    }

    private async Task<IReadOnlyList<AnswerPair>> AnswerAsync(
        CompareInput input, AgentManifest manifest, List<ValidationItem> drawn, Dictionary<string, ValidationItem> known, CancellationToken cancellationToken)
    {
        var golden = manifest.Evaluation.GoldenSet is { } name
            ? (await sets.ReadAsync(manifest.Agent, name, cancellationToken)).Where(i => i.Output is not null).ToList()
            : [];
        IReadOnlyList<ValidationItem> all = [.. drawn, .. golden];
        var before = new Dictionary<(bool Golden, string Id), AnswerPair>();
        if (input.Attempt > 1)
            await foreach (var pair in JsonLines.ReadAsync<AnswerPair>(store, PathOf(input.Evaluation.Run, input.Attempt - 1), cancellationToken))
                before[(pair.Golden, pair.Id)] = pair;
        var fresh = Enumerable.Range(0, all.Count).Where(i => !before.ContainsKey((i >= drawn.Count, all[i].Id))).ToList();
        var (ofChampion, ofCandidate) = await AskAsync(input, manifest, [.. fresh.Select(i => all[i])], cancellationToken);
        var place = fresh.Select((i, n) => (i, n)).ToDictionary(p => p.i, p => p.n);
        var pairs = all.Select((item, i) => place.TryGetValue(i, out var n)
            ? new AnswerPair(item.Id, i >= drawn.Count, ItemStratum.Uniform, false, ofChampion[n].Score, ofCandidate[n].Score, ofChampion[n].Output, ofCandidate[n].Output)
            : before[(i >= drawn.Count, item.Id)]).ToList();
        var choice = Choose(manifest, drawn, pairs[..drawn.Count], known);
        return [.. pairs.Select((pair, i) => i < drawn.Count
            ? pair with { Stratum = choice[i].Stratum, Chosen = choice[i].Chosen }
            : pair with { Stratum = ItemStratum.Uniform, Chosen = true })];
    }

    private static IReadOnlyList<(ItemStratum Stratum, bool Chosen)> Choose(
        AgentManifest manifest, List<ValidationItem> drawn, List<AnswerPair> pairs, Dictionary<string, ValidationItem> known)
    {
        var settings = manifest.Evaluation;
        var evaluator = AnswerEvaluators.Of(manifest);
        if (!evaluator.NeedsLabel) return [.. pairs.Select(_ => (ItemStratum.Uniform, true))];
        // Where judges decide, labels are there to measure the judges by: a part of the items is enough, and only where there is something to judge.
        if (settings is { Evaluator: AnswerEvaluators.JudgeName, Judge: { } judge })
            return LabelChoice.Choose([.. pairs.Select(p => !AnswerPair.AreSame(p.ChampionOutput, p.CandidateOutput))], AgreeingShare, 0, judge.AuditedItems);
        bool[] differs = [.. pairs.Select(p => p.ChampionOutput is not { } a || p.CandidateOutput is not { } b
            ? p.ChampionOutput is not null || p.CandidateOutput is not null
            : !evaluator.AreAlike(a, b))];
        return LabelChoice.Choose(differs, manifest.Goal.Target is null ? AgreeingShare
            : evaluator is IAnswerMeasure measure ? ShareForGoal(measure, drawn, pairs, differs, known) : FirstGuess);
    }

    /// <summary>A goal asks how good the candidate is: items answered alike then get labels as their spread deserves (Neyman), as far as known labels tell it.</summary>
    private static double ShareForGoal(
        IAnswerMeasure evaluator, List<ValidationItem> drawn, List<AnswerPair> pairs, bool[] differs, Dictionary<string, ValidationItem> known)
    {
        var scores = drawn.Select((item, i) => known.GetValueOrDefault(ValidationSetStore.KeyOf(item))?.Output is { } right && pairs[i].CandidateOutput is { } said
            ? (Differs: differs[i], Score: evaluator.Score(right, said)) : ((bool Differs, double Score)?)null).OfType<(bool Differs, double Score)>().ToList();
        List<double> apart = [.. scores.Where(s => s.Differs).Select(s => s.Score)], alike = [.. scores.Where(s => !s.Differs).Select(s => s.Score)];
        if (apart.Count < EnoughKnown || alike.Count < EnoughKnown) return FirstGuess;
        return Math.Max(AgreeingShare, TwoPhaseMean.NeymanShare(Spread(alike), Spread(apart)));
    }

    private static double Spread(List<double> scores)
    {
        var mean = (scores.Sum() + 1) / (scores.Count + 2);
        return Math.Sqrt((scores.Sum(s => (s - mean) * (s - mean)) + mean * mean + (1 - mean) * (1 - mean)) / (scores.Count + 2));
    }

    private async Task<(AnswerSheet.SheetAnswer[] Champion, AnswerSheet.SheetAnswer[] Candidate)> AskAsync(
        CompareInput input, AgentManifest manifest, IReadOnlyList<ValidationItem> items, CancellationToken cancellationToken)
    {
        if (items.Count == 0) return ([], []);
        var champion = await OpenAsync(manifest, input.Evaluation.Champion, cancellationToken);
        var candidate = await OpenAsync(manifest, input.Evaluation.Candidate, cancellationToken);
        var sheet = new AnswerSheet(manifest, redactor, clock);
        IReadOnlyList<ValidationItem> first = [.. items.Take(Pilot)], rest = [.. items.Skip(Pilot)];
        var (championFirst, candidateFirst) = (await sheet.AnswerAsync(champion, first, cancellationToken), await sheet.AnswerAsync(candidate, first, cancellationToken));
        await ChargeAsync(input, manifest, championFirst.Concat(candidateFirst).Sum(s => s.Score.CostUsd) * items.Count / first.Count, cancellationToken);
        return (
            [.. championFirst, .. await sheet.AnswerAsync(champion, rest, cancellationToken)],
            [.. candidateFirst, .. await sheet.AnswerAsync(candidate, rest, cancellationToken)]);
    }

    private async Task ChargeAsync(CompareInput input, AgentManifest manifest, decimal usd, CancellationToken cancellationToken)
    {
        if (usd <= 0) return;
        var run = input.Evaluation.Run;
        await spend.ChargeAsync(run, manifest.Budget, $"{run.Run}/evaluate/{run.Round}/answers/{input.Attempt}",
            "answers of champion and candidate to validation items", usd, cancellationToken);
    }

    private async Task<IChatModel> OpenAsync(AgentManifest manifest, string id, CancellationToken cancellationToken)
    {
        var version = await versions.GetAsync(manifest.Agent, id, cancellationToken)
            ?? throw new InvalidOperationException($"Agent {manifest.Agent} has no version '{id}' to evaluate.");
        return await models.OpenAsync(version.Model, manifest.Task, cancellationToken);
    }

    /// <summary>Who labels: the manifest's word; otherwise people, for they taught nobody; otherwise the last teacher.</summary>
    private static string LabellerOf(AgentManifest manifest) =>
        manifest.Evaluation.Labeller
        ?? manifest.Teachers.FirstOrDefault(t => t.Kind == TeacherKind.People)?.Name
        ?? manifest.Teachers.LastOrDefault()?.Name
        ?? throw new InvalidOperationException(
            $"The manifest of {manifest.Agent} names no evaluation.labeller and has no teachers: nobody can say what is right. Add a teacher, people for instance.");
}
