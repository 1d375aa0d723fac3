using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Tools;
using SelfImprove.Agents.Versions;
using SelfImprove.DataGeneration;
using SelfImprove.DataGeneration.Labelling;
using SelfImprove.DataGeneration.Texts;
using SelfImprove.Evaluation.Comparing;
using SelfImprove.Evaluation.Evaluators;
using SelfImprove.Evaluation.Judging.Harm;
using SelfImprove.Evaluation.Judging.Pairwise;
using SelfImprove.Evaluation.Scoring.Services;
using SelfImprove.Evaluation.ValidationSets;
using SelfImprove.Models;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Storage;

namespace SelfImprove.Evaluation.Scoring;

/// <summary>
/// Takes the labeller's answers into the validation set, scores the answers of champion and candidate by them, has judges compare them where there are some, and
/// writes the scores. A second run gives what the first one wrote.
/// </summary>
/// <param name="store">Where scores are written.</param>
/// <param name="manifests">The pinned manifests.</param>
/// <param name="versions">The versions: what the candidate was trained on.</param>
/// <param name="sets">The labelled items.</param>
/// <param name="guard">Whether the run may still act.</param>
/// <param name="panel">The judges.</param>
/// <param name="harms">Looks for harm.</param>
/// <param name="services">Measures answers where a service of the administrator's does.</param>
public sealed class ScoreCandidate(
    IObjectStore store, PinnedManifests manifests, VersionStore versions, ValidationSetStore sets, RunGuard guard, PairPanel panel, HarmPanel harms,
    ServiceScores services)
    : Activity<ScoreInput, ScoreOutput>
{
    /// <summary>The name under which it is called.</summary>
    public static readonly ActivityRef<ScoreInput, ScoreOutput> Ref = new(nameof(ScoreCandidate));

    /// <summary>How its call is repeated: for as long as a killed execution's claim on the judges may last.</summary>
    public static readonly RetryPolicy Retry = new(40, TimeSpan.FromSeconds(2), 2, TimeSpan.FromMinutes(1));

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
            var answered = await ScoreAsync(input, manifest, drawn, labelled, cancellationToken);
            var judged = manifest.Evaluation.Judge is null
                ? new Dictionary<string, JudgedPair>()
                : await panel.JudgeAsync(context.Key, run, input.Attempt, manifest, answered, cancellationToken);
            var harm = manifest.Evaluation.Harm is null
                ? new Dictionary<string, HarmVerdict>()
                : await harms.CheckAsync(context.Key, run, input.Attempt, manifest, answered, cancellationToken);
            var scores = answered.Select(a => a.Score with { Judged = judged.GetValueOrDefault(a.Score.Id), Harm = harm.GetValueOrDefault(a.Score.Id) });
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

    private async Task<IReadOnlyList<AnsweredItem>> ScoreAsync(
        ScoreInput input, AgentManifest manifest, List<ValidationItem> drawn, IReadOnlyList<ValidationItem> labelled, CancellationToken cancellationToken)
    {
        var evaluator = AnswerEvaluators.Of(manifest);
        var labels = labelled.DistinctBy(ValidationSetStore.KeyOf).ToDictionary(ValidationSetStore.KeyOf, StringComparer.Ordinal);
        var golden = manifest.Evaluation.GoldenSet is { } name ? await sets.ReadAsync(manifest.Agent, name, cancellationToken) : [];
        var items = drawn.Select(i => (Golden: false, Item: i)).Concat(golden.Select(i => (Golden: true, Item: i)))
            .DistinctBy(i => (i.Golden, i.Item.Id)).ToDictionary(i => (i.Golden, i.Item.Id), i => i.Item);
        var near = await NearTrainingAsync(manifest, input.Evaluation.Candidate, cancellationToken);
        var pairs = await JsonLines.ReadAsync<AnswerPair>(store, input.Answers, cancellationToken).Where(p => items.ContainsKey((p.Golden, p.Id))).ToListAsync(cancellationToken);
        var expected = pairs.ConvertAll(p => p.Golden
            ? (items[(true, p.Id)].Output, items[(true, p.Id)].Source ?? "golden")
            : Label(items[(false, p.Id)], labels, manifest, evaluator));
        var measured = evaluator is IAnswerMeasure ? [] : await MeasureAsync(input, manifest, pairs, expected, items, cancellationToken);
        var scores = new List<AnsweredItem>();
        for (var i = 0; i < pairs.Count; i++)
        {
            var (pair, (output, source)) = (pairs[i], expected[i]);
            var item = items[(pair.Golden, pair.Id)];
            double Score(AgentOutput? said, bool isChampion)
            {
                if (said is null || (evaluator.NeedsLabel && output is null)) return 0;
                return evaluator is IAnswerMeasure measure ? measure.Score(output ?? said, said) : measured.GetValueOrDefault((i, isChampion));
            }
            var score = new ItemScore(
                pair.Id, output?.Decision ?? "", source, pair.Golden, near.FindNearest(ValidationSetStore.KeyOf(item)) is not null, Slices(item, output, manifest),
                pair.Champion with { Score = Score(pair.ChampionOutput, true) }, pair.Candidate with { Score = Score(pair.CandidateOutput, false) })
            { Stratum = pair.Stratum, Chosen = pair.Chosen };
            scores.Add(new AnsweredItem(score, item.Input, pair.ChampionOutput, pair.CandidateOutput));
        }
        return scores;
    }

    /// <summary>Scores by the administrator's service: pair and side (true the champion's) to score.</summary>
    private async Task<Dictionary<(int Pair, bool Champion), double>> MeasureAsync(
        ScoreInput input, AgentManifest manifest, List<AnswerPair> pairs, List<(AgentOutput? Output, string Source)> expected,
        Dictionary<(bool Golden, string Id), ValidationItem> items, CancellationToken cancellationToken)
    {
        var (asked, places) = (new List<ScoringQuestion>(), new List<(int Pair, bool Champion)>());
        for (var i = 0; i < pairs.Count; i++)
        {
            if (manifest.Evaluation.Http!.NeedsLabel && expected[i].Output is null) continue;
            foreach (var champion in new[] { true, false })
            {
                if ((champion ? pairs[i].ChampionOutput : pairs[i].CandidateOutput) is not { } said) continue;
                if (!champion && AnswerPair.AreSame(pairs[i].ChampionOutput, said)) continue;
                places.Add((i, champion));
                asked.Add(new ScoringQuestion($"{(pairs[i].Golden ? "golden" : "item")}-{i}-{(champion ? "a" : "b")}", items[(pairs[i].Golden, pairs[i].Id)].Input, expected[i].Output, said));
            }
        }
        var scores = await services.ScoreAsync(input.Evaluation.Run, input.Attempt, manifest, asked, cancellationToken);
        var measured = places.Zip(scores).ToDictionary(p => p.First, p => p.Second);
        for (var i = 0; i < pairs.Count; i++)
            if (measured.TryGetValue((i, true), out var score) && AnswerPair.AreSame(pairs[i].ChampionOutput, pairs[i].CandidateOutput)) measured[(i, false)] = score;
        return measured;
    }

    private static (AgentOutput? Output, string Source) Label(
        ValidationItem item, Dictionary<string, ValidationItem> labels, AgentManifest manifest, IAnswerEvaluator evaluator)
    {
        if (!evaluator.NeedsLabel) return (null, ItemScore.Rule);
        return labels.TryGetValue(ValidationSetStore.KeyOf(item), out var label) && label.Output is { } output
            && OutputCheck.Problem(manifest.Task, output, checkArguments: false) is null
            ? (output, label.Source ?? "unknown") : (null, ItemScore.Unlabelled);
    }

    private async Task<SimilarTextIndex> NearTrainingAsync(AgentManifest manifest, string candidate, CancellationToken cancellationToken)
    {
        var near = new SimilarTextIndex(manifest.Data.Contamination);
        var dataset = (await versions.GetAsync(manifest.Agent, candidate, cancellationToken))?.Dataset;
        foreach (var text in await TrainingTexts.ReadAsync(store, dataset, cancellationToken)) near.Add(text);
        return near;
    }

    private static IReadOnlyList<string> Slices(ValidationItem item, AgentOutput? expected, AgentManifest manifest)
    {
        var tags = (item.Tags ?? new Dictionary<string, string>()).OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => $"{t.Key}={t.Value}");
        return manifest.Task.Decisions.Count > 0 && expected is not null ? [$"expected={expected.Decision}", .. tags] : [.. tags];
    }
}
