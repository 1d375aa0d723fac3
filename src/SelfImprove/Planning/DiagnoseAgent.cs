using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Agents.Versions;
using SelfImprove.Audit;
using SelfImprove.DataGeneration;
using SelfImprove.DataGeneration.Datasets;
using SelfImprove.DataGeneration.Labelling;
using SelfImprove.DataGeneration.Texts;
using SelfImprove.Models;
using SelfImprove.Models.Endpoints;
using SelfImprove.Monitoring.Aggregation;
using SelfImprove.Monitoring.Events;
using SelfImprove.Monitoring.Observation;
using SelfImprove.Monitoring.Signals;
using SelfImprove.Monitoring.Triggers;
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
    PinnedManifests manifests, VersionStore versions, RoutingStore routing, ModelCatalog models, Aggregator aggregator, ObservedLog log, IObjectStore store, JsonDocuments documents,
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
        var folded = await aggregator.FoldAsync(run.Agent, cancellationToken);
        var signals = folded.Versions.GetValueOrDefault(input.Champion);
        // Who served before counts, whoever the champion descends from: a version added by hand has no parent, and may not be the child of what it replaced.
        var before = await routing.GetAsync(run.Agent, cancellationToken) is { } table && table.Champion == input.Champion ? PredecessorFall.Find(table, folded) : null;
        var previous = (before ?? champion?.Parent) is { } id ? await versions.GetAsync(run.Agent, id, cancellationToken) : null;
        var now = clock.GetUtcNow();
        var seen = new List<ObservedInteraction>();
        await foreach (var observed in log.ReadAsync(run.Agent, now - manifest.Data.Lookback, now, cancellationToken: cancellationToken)) seen.Add(observed);
        var evidence = new LoggedEvidence(manifest, seen, Diagnostician.ShiftOf(signals)?.Since);
        var pilot = input.Pilot is null ? [] : await LabelledAsync(input.Pilot, cancellationToken);
        var ofSources = input.Adjudicated is null ? [] : await LabelledAsync(input.Adjudicated, cancellationToken);
        var taught = champion?.Dataset is { } dataset ? await TaughtAsync(dataset, manifest, cancellationToken) : null;
        return new DiagnosisFacts
        {
            Champion = signals,
            ThumbQuality = Quality.FromThumbs(signals, manifest.Feedback.WrongShare, Diagnostician.ShiftOf(signals)?.Since),
            WrongShare = manifest.Feedback.WrongShare,
            Pilot = await ReplayedAsync(pilot, evidence, manifest, previous, cancellationToken),
            TeacherAccuracy = SamplePilot.TeacherOf(manifest)?.Accuracy ?? 1,
            Adjudicated = evidence.Adjudicated([.. pilot, .. ofSources]),
            Previous = previous?.Id,
            Decisions = manifest.Task.Decisions.Count,
            KnownDecisions = taught?.GroupBy(t => t.Label, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal),
            Demonstrations = evidence.Demonstrations(),
            Repeats = evidence.Repeats(),
            TaughtRepeats = taught is null ? LabelRepeats.None : LabelContradictions.Count(taught, manifest.Data.NearDuplicate),
            Disputed = evidence.Disputed([.. pilot, .. ofSources]),
            Verdicts = evidence.Verdicts(),
            PeopleAndTeacher = evidence.PeopleAndTeacher(pilot),
        };
    }

    private async Task<List<LabelledItem>> LabelledAsync(string path, CancellationToken cancellationToken)
    {
        var items = new List<LabelledItem>();
        await foreach (var item in JsonLines.ReadAsync<LabelledItem>(store, path, cancellationToken))
            if (item.Output is not null) items.Add(item);
        return items;
    }

    private async Task<List<JudgedItem>> ReplayedAsync(
        List<LabelledItem> pilot, LoggedEvidence evidence, AgentManifest manifest, AgentVersion? previous, CancellationToken cancellationToken)
    {
        var model = pilot.Count > 0 ? await OpenAsync(previous, manifest, cancellationToken) : null;
        var items = new List<JudgedItem>();
        foreach (var item in pilot)
        {
            var before = model is null ? null : (await model.AnswerAsync(new ModelRequest(item.Input, manifest.Task.Tools), cancellationToken)).Output.Decision;
            items.Add(new JudgedItem(item.Slice, before, item.Output!.Decision, evidence.TagsOf(item.Id)));
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

    private async Task<List<(string Text, string Label)>> TaughtAsync(string dataset, AgentManifest manifest, CancellationToken cancellationToken)
    {
        var rows = new List<(string, string)>();
        await foreach (var row in DatasetReader.ReadExamplesAsync(store, dataset, manifest.Task, cancellationToken))
            rows.Add((NormalisedText.Of(row.Text), row.Decision));
        return rows;
    }
}
