using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Versions;
using SelfImprove.Audit;
using SelfImprove.DataGeneration;
using SelfImprove.DataGeneration.Datasets;
using SelfImprove.DataGeneration.Labelling;
using SelfImprove.DataGeneration.Texts;
using SelfImprove.Models;
using SelfImprove.Models.Endpoints;
using SelfImprove.Monitoring.Aggregation;
using SelfImprove.Monitoring.Observation;
using SelfImprove.Monitoring.Signals;
using SelfImprove.Orchestration;
using SelfImprove.Planning.Diagnosing;
using SelfImprove.Runs;
using SelfImprove.Storage;

namespace SelfImprove.Planning;

/// <summary>The input of <see cref="DiagnoseAgent"/>.</summary>
/// <param name="Run">The run and round.</param>
/// <param name="Look">Which look of the planner.</param>
/// <param name="Champion">The version that serves.</param>
/// <param name="Pilot">Labels of the pilot: a store path; null where there is none.</param>
/// <param name="Adjudicated">Labels of items that suspicious sources judged; null where there are none.</param>
public sealed record DiagnoseInput(RunRef Run, int Look, string Champion, string? Pilot, string? Adjudicated);

/// <summary>The diagnosis in short.</summary>
/// <param name="Path">The whole: a store path.</param>
/// <param name="Cause">The leading cause.</param>
/// <param name="Words">The first evidence.</param>
/// <param name="Source">The source to quarantine.</param>
/// <param name="RollBackTo">The version to go back to.</param>
public sealed record DiagnoseOutput(string Path, DiagnosisCause Cause, string Words, string? Source, string? RollBackTo);

/// <summary>Gathers what is known of the agent, diagnoses, and writes the diagnosis down.</summary>
public sealed class DiagnoseAgent(
    PinnedManifests manifests, VersionStore versions, ModelCatalog models, Aggregator aggregator, ObservedLog log, IObjectStore store, JsonDocuments documents,
    AuditLog audit, TimeProvider clock)
    : Activity<DiagnoseInput, DiagnoseOutput>
{
    /// <summary>The activity's name.</summary>
    public static readonly ActivityRef<DiagnoseInput, DiagnoseOutput> Ref = new(nameof(DiagnoseAgent));

    /// <inheritdoc/>
    public override async Task<DiagnoseOutput> RunAsync(ActivityContext context, DiagnoseInput input, CancellationToken cancellationToken)
    {
        var run = input.Run;
        var path = run.Path($"diagnosis-{run.Round}.{input.Look}.json");
        if (await documents.ReadAsync<Diagnosis>(path, cancellationToken) is not { Value: var diagnosis })
        {
            diagnosis = Diagnostician.Diagnose(await FactsAsync(input, cancellationToken));
            await documents.WriteAsync(path, diagnosis, WriteCondition.IfAbsent, cancellationToken);
        }
        await audit.AppendAsync(
            run.Agent, new AuditRecord("diagnosed", run.Run, "runtime",
                new { run.Round, diagnosis.Cause, diagnosis.Evidence, diagnosis.ChampionError, Path = path }, context.Key), cancellationToken);
        return new DiagnoseOutput(path, diagnosis.Cause, diagnosis.Evidence.FirstOrDefault() ?? "Nothing stands out.", diagnosis.Source, diagnosis.RollBackTo);
    }

    private async Task<DiagnosisFacts> FactsAsync(DiagnoseInput input, CancellationToken cancellationToken)
    {
        var run = input.Run;
        var manifest = await manifests.GetAsync(run, cancellationToken);
        var champion = await versions.GetAsync(run.Agent, input.Champion, cancellationToken);
        var signals = (await aggregator.FoldAsync(run.Agent, cancellationToken)).Versions.GetValueOrDefault(input.Champion);
        var previous = champion?.Parent is { } parent ? await versions.GetAsync(run.Agent, parent, cancellationToken) : null;
        return new DiagnosisFacts
        {
            Champion = signals,
            ThumbQuality = Quality.FromThumbs(signals, manifest.Feedback.WrongShare, Diagnostician.ShiftOf(signals)?.Since),
            Pilot = input.Pilot is null ? [] : await PilotAsync(input.Pilot, manifest, previous, cancellationToken),
            TeacherAccuracy = SamplePilot.TeacherOf(manifest)?.Accuracy ?? 1,
            Adjudicated = input.Adjudicated is null
                ? new Dictionary<string, IReadOnlyList<SourceItem>>()
                : await AdjudicatedAsync(input, cancellationToken),
            Previous = previous?.Id,
            Decisions = manifest.Task.Decisions.Count,
            KnownDecisions = champion?.Dataset is { } dataset ? await DecisionsAsync(dataset, manifest, cancellationToken) : null,
            Demonstrations = await DemonstrationsAsync(manifest, cancellationToken),
        };
    }

    private async Task<List<JudgedItem>> PilotAsync(string path, AgentManifest manifest, AgentVersion? previous, CancellationToken cancellationToken)
    {
        var model = await OpenAsync(previous, manifest, cancellationToken);
        var items = new List<JudgedItem>();
        await foreach (var item in JsonLines.ReadAsync<LabelledItem>(store, path, cancellationToken))
        {
            if (item.Output is null) continue;
            var before = model is null ? null : (await model.AnswerAsync(new ModelRequest(item.Input, manifest.Task.Tools), cancellationToken)).Output.Decision;
            items.Add(new JudgedItem(item.Slice, before, item.Output.Decision));
        }
        return items;
    }

    // A version whose deployment has been removed can't be asked, nor gone back to.
    private async Task<IChatModel?> OpenAsync(AgentVersion? previous, AgentManifest manifest, CancellationToken cancellationToken)
    {
        try
        {
            return previous is null ? null : await models.OpenAsync(previous.Model, manifest.Task, cancellationToken);
        }
        catch (ModelNotServedException)
        {
            return null;
        }
    }

    private async Task<Dictionary<string, IReadOnlyList<SourceItem>>> AdjudicatedAsync(DiagnoseInput input, CancellationToken cancellationToken)
    {
        var right = new Dictionary<string, bool>(StringComparer.Ordinal);
        await foreach (var item in JsonLines.ReadAsync<LabelledItem>(store, input.Adjudicated!, cancellationToken))
            if (item.Output is not null) right[item.Id] = item.Output.Decision == item.Slice;
        var sources = (await documents.ReadAsync<Dictionary<string, List<SourceJudgement>>>(SamplePilot.SourcesPath(input.Run, input.Look), cancellationToken))?.Value ?? [];
        return sources.ToDictionary(
            s => s.Key,
            IReadOnlyList<SourceItem> (s) => [.. s.Value.Where(j => right.ContainsKey(j.Item)).Select(j => new SourceItem(j.Reward, right[j.Item]))],
            StringComparer.Ordinal);
    }

    private async Task<Dictionary<string, int>> DecisionsAsync(string dataset, AgentManifest manifest, CancellationToken cancellationToken)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        await foreach (var row in DatasetReader.ReadExamplesAsync(store, dataset, manifest.Task, cancellationToken))
            counts[row.Decision] = counts.GetValueOrDefault(row.Decision) + 1;
        return counts;
    }

    private async Task<(int Given, int Contradicting)> DemonstrationsAsync(AgentManifest manifest, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var given = new List<(string Text, string Decision)>();
        await foreach (var seen in log.ReadAsync(manifest.Agent, now - manifest.Data.Lookback, now, cancellationToken: cancellationToken))
            foreach (var demonstration in seen.Feedback.Select(f => f.Demonstration).OfType<AgentOutput>())
                given.Add((NormalisedText.Of(InputText.Of(seen.Interaction.Input)), demonstration.Decision));
        var torn = given.GroupBy(g => g.Text).Where(g => g.Select(d => d.Decision).Distinct().Count() > 1).Sum(g => g.Count());
        return (given.Count, torn);
    }
}
