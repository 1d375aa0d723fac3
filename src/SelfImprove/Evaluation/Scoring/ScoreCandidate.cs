using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Tools;
using SelfImprove.Agents.Versions;
using SelfImprove.DataGeneration;
using SelfImprove.DataGeneration.Filters;
using SelfImprove.DataGeneration.Labelling;
using SelfImprove.DataGeneration.Texts;
using SelfImprove.Evaluation.Evaluators;
using SelfImprove.Evaluation.Judging.Pairwise;
using SelfImprove.Evaluation.ValidationSets;
using SelfImprove.Models;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Storage;

namespace SelfImprove.Evaluation.Scoring;

/// <summary>
/// Takes the labeller's answers into the validation set, lets champion and candidate answer the same items, and writes the scores. A second run gives
/// what the first one wrote; one that dies half-way repeats at most the answers of one attempt.
/// </summary>
/// <param name="store">Where scores are written.</param>
/// <param name="manifests">The pinned manifests.</param>
/// <param name="versions">The versions.</param>
/// <param name="models">Opens them.</param>
/// <param name="sets">The labelled items.</param>
/// <param name="spend">Is charged with what the answers cost.</param>
/// <param name="guard">Whether the run may still act.</param>
/// <param name="redactor">Tells personal data.</param>
/// <param name="clock">Measures latency.</param>
/// <param name="panel">The judges.</param>
public sealed class ScoreCandidate(
    IObjectStore store, PinnedManifests manifests, VersionStore versions, ModelCatalog models, ValidationSetStore sets, SpendBook spend, RunGuard guard,
    ITextRedactor redactor, TimeProvider clock, PairPanel panel)
    : Activity<ScoreInput, ScoreOutput>
{
    /// <summary>The name under which it is called.</summary>
    public static readonly ActivityRef<ScoreInput, ScoreOutput> Ref = new(nameof(ScoreCandidate));

    /// <summary>How its call is repeated: for as long as a killed execution's claim on the judges may last.</summary>
    public static readonly RetryPolicy Retry = new(40, TimeSpan.FromSeconds(2), 2, TimeSpan.FromMinutes(1));

    /// <summary>Answers that tell what the rest will cost, before it is paid for.</summary>
    private const int Pilot = 5;

    /// <summary>The store path of an attempt's scores.</summary>
    public static string PathOf(RunRef run, int attempt) => run.Path($"scores-{run.Round}-{attempt}.jsonl");

    /// <inheritdoc />
    public override async Task<ScoreOutput> RunAsync(ActivityContext context, ScoreInput input, CancellationToken cancellationToken)
    {
        var run = input.Evaluation.Run;
        await guard.EnsureActiveAsync(run, cancellationToken);
        var manifest = await manifests.GetAsync(run, cancellationToken);
        var drawn = await JsonLines.ReadAsync<ValidationItem>(store, input.Items, cancellationToken).ToListAsync(cancellationToken);
        var (set, labelled) = await TakeLabelsAsync(run.Agent, drawn, input.Labels, cancellationToken);
        var path = PathOf(run, input.Attempt);
        if (await store.ReadAsync(path, new ByteRange(0, 1), cancellationToken) is null)
        {
            var items = Usable(drawn, labelled, manifest);
            var golden = manifest.Evaluation.GoldenSet is { } name
                ? (await sets.ReadAsync(run.Agent, name, cancellationToken)).Where(i => i.Output is not null).ToList()
                : [];
            IReadOnlyList<ValidationItem> all = [.. items, .. golden];
            var scores = manifest.Evaluation.Judge is null
                ? [.. (await AnswerAsync(input, manifest, all, items.Count, cancellationToken)).Select(a => a.Score)]
                : await JudgeAsync(context.Key, input, manifest, all, items.Count, cancellationToken);
            await JsonLines.WriteOnceAsync(store, path, scores, cancellationToken);
        }
        var scored = await JsonLines.ReadAsync<ItemScore>(store, path, cancellationToken).CountAsync(s => !s.Golden && s.IsLabelled, cancellationToken);
        return new ScoreOutput(path, set, drawn.Count, scored);
    }

    private async Task<(string? Set, IReadOnlyList<ValidationItem> Labelled)> TakeLabelsAsync(
        string agent, IReadOnlyList<ValidationItem> drawn, string? labels, CancellationToken cancellationToken)
    {
        if (labels is null) return await sets.CurrentAsync(agent, cancellationToken);
        var byId = drawn.ToDictionary(d => d.Id, StringComparer.Ordinal);
        var answered = new List<ValidationItem>();
        await foreach (var label in JsonLines.ReadAsync<LabelledItem>(store, labels, cancellationToken))
            if (byId.TryGetValue(label.Id, out var item)) answered.Add(item with { Output = label.Output, Source = label.Source, Refusal = label.Refusal });
        return await sets.AddAsync(agent, answered, cancellationToken);
    }

    private static List<ValidationItem> Usable(IReadOnlyList<ValidationItem> drawn, IReadOnlyList<ValidationItem> labelled, AgentManifest manifest)
    {
        var labels = labelled.DistinctBy(ValidationSetStore.KeyOf).ToDictionary(ValidationSetStore.KeyOf, StringComparer.Ordinal);
        var usable = new List<ValidationItem>();
        foreach (var item in drawn)
        {
            if (labels.TryGetValue(ValidationSetStore.KeyOf(item), out var label) && label.Output is { } output
                && OutputCheck.Problem(manifest.Task, output, checkArguments: false) is null) usable.Add(item with { Output = output, Source = label.Source });
            // Judges need no label.
            else if (manifest.Evaluation.Evaluator == AnswerEvaluators.JudgeName) usable.Add(item with { Output = null, Source = ItemScore.Unlabelled });
        }
        return usable;
    }

    /// <summary>The answers are kept before they are judged: what a judge was paid for stays about the answers that it saw.</summary>
    private async Task<IReadOnlyList<ItemScore>> JudgeAsync(
        string key, ScoreInput input, AgentManifest manifest, IReadOnlyList<ValidationItem> items, int sampled, CancellationToken cancellationToken)
    {
        var run = input.Evaluation.Run;
        var path = run.Path($"answers-{run.Round}-{input.Attempt}.jsonl");
        if (await store.ReadAsync(path, new ByteRange(0, 1), cancellationToken) is null)
            await JsonLines.WriteOnceAsync(store, path, await AnswerAsync(input, manifest, items, sampled, cancellationToken), cancellationToken);
        var answered = await JsonLines.ReadAsync<AnsweredItem>(store, path, cancellationToken).ToListAsync(cancellationToken);
        var judged = await panel.JudgeAsync(key, run, input.Attempt, manifest, answered, cancellationToken);
        return [.. answered.Select(a => a.Score with { Judged = judged.GetValueOrDefault(a.Score.Id) })];
    }

    private async Task<IReadOnlyList<AnsweredItem>> AnswerAsync(
        ScoreInput input, AgentManifest manifest, IReadOnlyList<ValidationItem> items, int sampled, CancellationToken cancellationToken)
    {
        if (items.Count == 0) return [];
        var (champion, _) = await OpenAsync(manifest, input.Evaluation.Champion, cancellationToken);
        var (candidate, dataset) = await OpenAsync(manifest, input.Evaluation.Candidate, cancellationToken);
        var sheet = new AnswerSheet(manifest, AnswerEvaluators.Of(manifest), redactor, clock);
        IReadOnlyList<ValidationItem> first = [.. items.Take(Pilot)], rest = [.. items.Skip(Pilot)];
        var (championFirst, candidateFirst) = (await sheet.AnswerAsync(champion, first, cancellationToken), await sheet.AnswerAsync(candidate, first, cancellationToken));
        await ChargeAsync(input, manifest, championFirst.Concat(candidateFirst).Sum(s => s.Score.CostUsd) * items.Count / first.Count, cancellationToken);
        AnswerSheet.SheetAnswer[] ofChampion = [.. championFirst, .. await sheet.AnswerAsync(champion, rest, cancellationToken)];
        AnswerSheet.SheetAnswer[] ofCandidate = [.. candidateFirst, .. await sheet.AnswerAsync(candidate, rest, cancellationToken)];

        var near = new SimilarTextIndex(manifest.Data.Contamination);
        foreach (var text in await TrainingTexts.ReadAsync(store, dataset, cancellationToken)) near.Add(text);
        return [.. items.Select((item, i) => new AnsweredItem(
            new ItemScore(
                item.Id, item.Output?.Decision ?? "", item.Source ?? "golden", i >= sampled, near.FindNearest(ValidationSetStore.KeyOf(item)) is not null,
                Slices(item, manifest), ofChampion[i].Score, ofCandidate[i].Score),
            item.Input, ofChampion[i].Output, ofCandidate[i].Output))];
    }

    private async Task ChargeAsync(ScoreInput input, AgentManifest manifest, decimal usd, CancellationToken cancellationToken)
    {
        if (usd <= 0) return;
        var run = input.Evaluation.Run;
        await spend.ChargeAsync(run, manifest.Budget, $"{run.Run}/evaluate/{run.Round}/answers/{input.Attempt}",
            "answers of champion and candidate to validation items", usd, cancellationToken);
    }

    private async Task<(IChatModel Model, string? Dataset)> OpenAsync(AgentManifest manifest, string id, CancellationToken cancellationToken)
    {
        var version = await versions.GetAsync(manifest.Agent, id, cancellationToken)
            ?? throw new InvalidOperationException($"Agent {manifest.Agent} has no version '{id}' to evaluate.");
        return (await models.OpenAsync(version.Model, manifest.Task, cancellationToken), version.Dataset);
    }

    private static IReadOnlyList<string> Slices(ValidationItem item, AgentManifest manifest)
    {
        var tags = (item.Tags ?? new Dictionary<string, string>()).OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => $"{t.Key}={t.Value}");
        return manifest.Task.Decisions.Count > 0 && item.Output is { } expected ? [$"expected={expected.Decision}", .. tags] : [.. tags];
    }
}
