using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Versions;
using SelfImprove.DataGeneration;
using SelfImprove.DataGeneration.Labelling;
using SelfImprove.Evaluation.Evaluators;
using SelfImprove.Orchestration;
using SelfImprove.Storage;

namespace SelfImprove.Evaluation.ValidationSets;

/// <summary>Draws the items of an evaluation, and lists those that nobody has labelled yet. A second run gives what the first one wrote.</summary>
/// <param name="store">Where items are written.</param>
/// <param name="manifests">The pinned manifests.</param>
/// <param name="versions">The versions: what the candidate was trained on is never drawn.</param>
/// <param name="sets">The labelled items.</param>
/// <param name="sample">Draws.</param>
public sealed class PrepareValidation(
    IObjectStore store, PinnedManifests manifests, VersionStore versions, ValidationSetStore sets,
    ValidationSample sample) : Activity<PrepareInput, PreparedValidation>
{
    /// <summary>The name under which it is called.</summary>
    public static readonly ActivityRef<PrepareInput, PreparedValidation> Ref = new(nameof(PrepareValidation));

    private sealed record Drawn(int Count, bool Exhausted, int ToLabel);

    /// <inheritdoc />
    public override async Task<PreparedValidation> RunAsync(ActivityContext context, PrepareInput input, CancellationToken cancellationToken)
    {
        var run = input.Evaluation.Run;
        var manifest = await manifests.GetAsync(run, cancellationToken);
        var labeller = LabellerOf(manifest);
        var paths = (Items: run.Path($"validation-{run.Round}-{input.Attempt}.jsonl"), ToLabel: run.Path($"validation-{run.Round}-{input.Attempt}.unlabelled.jsonl"));
        var done = run.Path($"validation-{run.Round}-{input.Attempt}.drawn.json");

        // Written last: where it is there, the other two are complete, and are what a later draw must not change.
        var drawn = await JsonLines.ReadAsync<Drawn>(store, done, cancellationToken).FirstOrDefaultAsync(cancellationToken);
        if (drawn is null)
        {
            drawn = await DrawAsync(input, manifest, paths.Items, paths.ToLabel, cancellationToken);
            await JsonLines.WriteOnceAsync(store, done, [drawn], cancellationToken);
            drawn = await JsonLines.ReadAsync<Drawn>(store, done, cancellationToken).FirstAsync(cancellationToken);
        }
        return new PreparedValidation(paths.Items, drawn.Count, drawn.Exhausted, labeller, paths.ToLabel, drawn.ToLabel);
    }

    private async Task<Drawn> DrawAsync(PrepareInput input, AgentManifest manifest, string itemsPath, string toLabelPath, CancellationToken cancellationToken)
    {
        var settings = manifest.Evaluation;
        var wanted = Math.Min(input.Wanted > 0 ? input.Wanted : settings.Items, settings.MaxItems);
        var candidate = await versions.GetAsync(manifest.Agent, input.Evaluation.Candidate, cancellationToken)
            ?? throw new InvalidOperationException($"Agent {manifest.Agent} has no version '{input.Evaluation.Candidate}' to evaluate.");
        var trained = await TrainingTexts.ReadAsync(store, candidate.Dataset, cancellationToken);
        var (items, available) = await sample.DrawAsync(manifest, trained, wanted, input.Now, input.Evaluation.Since, cancellationToken);
        await JsonLines.WriteOnceAsync(store, itemsPath, items, cancellationToken);
        items = await JsonLines.ReadAsync<ValidationItem>(store, itemsPath, cancellationToken).ToListAsync(cancellationToken);

        var known = (await sets.CurrentAsync(manifest.Agent, cancellationToken)).Items.Select(ValidationSetStore.KeyOf).ToHashSet(StringComparer.Ordinal);
        // Where judges decide, labels are there to measure the judges by: a part of the items, drawn in the order of their hashes, is enough.
        var audited = settings is { Evaluator: AnswerEvaluators.JudgeName, Judge: { } judge } ? judge.AuditedItems : items.Count;
        var wantedLabels = Math.Max(0, audited - items.Count(i => known.Contains(ValidationSetStore.KeyOf(i))));
        var unlabelled = items.Where(i => !known.Contains(ValidationSetStore.KeyOf(i))).Take(wantedLabels).Select(i => new LabelItem(i.Id, i.Input, i.Slice));
        await JsonLines.WriteOnceAsync(store, toLabelPath, unlabelled, cancellationToken);
        var toLabel = await JsonLines.ReadLinesAsync(store, toLabelPath, cancellationToken).CountAsync(cancellationToken);
        return new Drawn(items.Count, items.Count >= available || items.Count >= settings.MaxItems, toLabel);
    }

    /// <summary>Who labels: the manifest's word; otherwise people, for they taught nobody; otherwise the last teacher.</summary>
    internal static string LabellerOf(AgentManifest manifest) =>
        manifest.Evaluation.Labeller
        ?? manifest.Teachers.FirstOrDefault(t => t.Kind == TeacherKind.People)?.Name
        ?? manifest.Teachers.LastOrDefault()?.Name
        ?? throw new InvalidOperationException(
            $"The manifest of {manifest.Agent} names no evaluation.labeller and has no teachers: nobody can say what is right. Add a teacher, people for instance.");
}
