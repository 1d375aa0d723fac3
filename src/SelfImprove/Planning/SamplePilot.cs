using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration;
using SelfImprove.DataGeneration.Labelling;
using SelfImprove.DataGeneration.Splitting;
using SelfImprove.DataGeneration.Texts;
using SelfImprove.Monitoring.Aggregation;
using SelfImprove.Monitoring.Observation;
using SelfImprove.Monitoring.Events;
using SelfImprove.Monitoring.Signals;
using SelfImprove.Orchestration;
using SelfImprove.Planning.Diagnosing;
using SelfImprove.Runs;
using SelfImprove.Statistics.Randomness;
using SelfImprove.Storage;

namespace SelfImprove.Planning;

/// <summary>The input of <see cref="SamplePilot"/>.</summary>
/// <param name="Run">The run and round.</param>
/// <param name="Look">Which look of the planner.</param>
/// <param name="Champion">The version that serves.</param>
public sealed record SamplePilotInput(RunRef Run, int Look, string Champion);

/// <summary>What <see cref="SamplePilot"/> drew.</summary>
/// <param name="Teacher">The cheapest model teacher; null where there is none: then nothing is drawn.</param>
/// <param name="Items">A uniform sample of recent inputs: a store path; null where there are too few.</param>
/// <param name="Count">How many.</param>
/// <param name="SourceItems">Items that suspicious sources of feedback judged and the pilot has not; null where there are none.</param>
/// <param name="SourceCount">How many.</param>
public sealed record SamplePilotOutput(string? Teacher, string? Items, int Count, string? SourceItems, int SourceCount);

/// <summary>Draws the inputs that the diagnosis has labelled: a uniform sample of recent traffic, items of suspicious sources, and some that people corrected.</summary>
public sealed class SamplePilot(
    PinnedManifests manifests, Aggregator aggregator, ObservedLog log, InputSplit split, IObjectStore store, JsonDocuments documents, RunGuard guard,
    TimeProvider clock)
    : Activity<SamplePilotInput, SamplePilotOutput>
{
    /// <summary>The activity's name.</summary>
    public static readonly ActivityRef<SamplePilotInput, SamplePilotOutput> Ref = new(nameof(SamplePilot));

    /// <summary>Items of a pilot at most.</summary>
    public const int Size = 150;

    /// <summary>Items drawn of each suspicious source at most.</summary>
    public const int SourceSize = 40;

    /// <summary>Items that people corrected, whoever they are, are drawn as of a source of this name.</summary>
    public const string Corrections = "(corrections)";

    /// <summary>The share of a run's budget that a pilot may cost: the rest is for what it speaks for.</summary>
    public const decimal BudgetShare = 0.2m;

    private const int Fewest = 20;
    private const int FewestOwn = 100;
    private const int Recent = 600;
    private const int LeastRecent = 200;

    /// <summary>Where it is kept which source judged which item, and how.</summary>
    public static string SourcesPath(RunRef run, int look) => run.Path($"sources-{run.Round}.{look}.json");

    /// <inheritdoc/>
    public override async Task<SamplePilotOutput> RunAsync(ActivityContext context, SamplePilotInput input, CancellationToken cancellationToken)
    {
        var run = input.Run;
        await guard.EnsureActiveAsync(run, cancellationToken);
        var manifest = await manifests.GetAsync(run, cancellationToken);
        var teacher = TeacherOf(manifest);
        if (teacher is null || run.Round > 1) return new SamplePilotOutput(null, null, 0, null, 0);

        var signals = await aggregator.FoldAsync(run.Agent, cancellationToken);
        var now = clock.GetUtcNow();
        var observed = new List<ObservedInteraction>();
        await foreach (var seen in log.ReadAsync(run.Agent, now - manifest.Data.Lookback, now, cancellationToken: cancellationToken))
            if (seen.Interaction is { Output: not null, Trainable: not false }) observed.Add(seen);

        var random = new SeededRandom($"{run.Run}/pilot/{input.Look}");
        // What another version answered tells nothing of this one: after a promotion, its own answers, once there are enough.
        var own = observed.Where(o => o.Interaction.Version == input.Champion).ToList();
        var items = await PilotAsync(manifest, signals.Versions.GetValueOrDefault(input.Champion), own.Count >= FewestOwn ? own : observed, random, cancellationToken);
        var path = run.Path($"pilot-items-{run.Round}.{input.Look}.jsonl");
        if (items.Count >= Fewest) await JsonLines.WriteOnceAsync(store, path, items, cancellationToken);

        var sources = SuspiciousSources.Of(signals)
            .ToDictionary(s => s, s => ItemsOf(s, observed, manifest), StringComparer.Ordinal);
        if (Corrected(observed, random.Split(Corrections)) is { Count: >= Fewest } corrected) sources[Corrections] = corrected;
        // The teacher is asked once about what the pilot has as well: the diagnosis takes both together.
        var piloted = items.Count >= Fewest ? items.Select(i => i.Id).ToHashSet(StringComparer.Ordinal) : [];
        var judged = sources.Values.SelectMany(j => j).Select(j => j.Item).DistinctBy(i => i.Id).Where(i => !piloted.Contains(i.Id)).ToList();
        var judgedPath = run.Path($"source-items-{run.Round}.{input.Look}.jsonl");
        if (judged.Count > 0) await JsonLines.WriteOnceAsync(store, judgedPath, judged, cancellationToken);
        if (sources.Values.Any(j => j.Count > 0))
        {
            await documents.WriteAsync(
                SourcesPath(run, input.Look), sources.ToDictionary(s => s.Key, s => s.Value.Select(j => new SourceJudgement(j.Item.Id, j.Reward)).ToList()),
                WriteCondition.IfAbsent, cancellationToken);
        }
        return new SamplePilotOutput(
            teacher.Name, items.Count >= Fewest ? path : null, items.Count >= Fewest ? items.Count : 0, judged.Count > 0 ? judgedPath : null, judged.Count);
    }

    /// <summary>The teacher that diagnosis asks: the cheapest model; never the one that labels validation, where there is another, nor one that would have to be
    /// deployed first.</summary>
    public static TeacherSettings? TeacherOf(AgentManifest manifest) =>
        manifest.Teachers.Where(t => t.Kind == TeacherKind.Model)
            .OrderBy(t => t.Name == manifest.Evaluation.Labeller).ThenBy(t => t.Deploy is not null).ThenBy(t => t.Price).ThenBy(t => t.Name, StringComparer.Ordinal).FirstOrDefault();

    private async Task<List<LabelItem>> PilotAsync(
        AgentManifest manifest, VersionSignals? champion, List<ObservedInteraction> observed, SeededRandom random, CancellationToken cancellationToken)
    {
        var since = Diagnostician.ShiftOf(champion)?.Since;
        // A fall that has just been noticed leaves too little after it to tell anything from.
        var after = observed.Count(o => since is null || o.Interaction.Time >= since);
        var recent = observed.TakeLast(Math.Clamp(after, LeastRecent, Recent))
            .DistinctBy(o => NormalisedText.Of(InputText.Of(o.Interaction.Input)), StringComparer.Ordinal).ToList();
        var sides = await split.SidesAsync(manifest.Agent, [.. recent.Select(o => InputText.Of(o.Interaction.Input))], manifest.Evaluation.ValidationShare,
            cancellationToken);
        var training = recent.Where((_, i) => sides[i] == SplitSide.Training).ToList();
        return [.. random.Sample(training, Math.Min(SizeFor(manifest), training.Count)).Select(Item)];
    }

    private static int SizeFor(AgentManifest manifest) => TeacherOf(manifest) is { Price: > 0 and var price }
        ? (int)Math.Clamp(BudgetShare * manifest.Budget.PerRun / price, Fewest, Size)
        : Size;

    private static List<(LabelItem Item, double Reward)> ItemsOf(string source, List<ObservedInteraction> observed, AgentManifest manifest)
    {
        var metric = manifest.Metrics.First(m => m.Name == manifest.Goal.Metric);
        var judged = observed.SelectMany(o => o.Feedback
                .Where(f => f.Metric == metric.Name && f.Value is not null && Quarantine.NameOf(f.Source) == source)
                .Select(f => (Item: Item(o), Reward: metric.Reward(f.Value!.Value))))
            .Where(j => j.Reward is not null).Select(j => (j.Item, j.Reward!.Value)).ToList();
        // What a source has been doing last: one that turned bad was honest before, and a fall is noticed when it has told few lies yet.
        return [.. judged.TakeLast(SourceSize)];
    }

    private static List<(LabelItem Item, double Reward)> Corrected(List<ObservedInteraction> observed, SeededRandom random)
    {
        var corrected = observed.TakeLast(Recent).Where(o => o.Feedback.Any(f => f.Demonstration is { } right && right.Decision != o.Interaction.Output!.Decision))
            .Select(o => (Item: Item(o), Reward: 0.0)).ToList();
        return [.. random.Sample(corrected, Math.Min(SourceSize, corrected.Count))];
    }

    private static LabelItem Item(ObservedInteraction seen) => new(seen.Interaction.Id, seen.Interaction.Input, seen.Interaction.Output!.Decision);
}
