using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Versions;
using SelfImprove.DataGeneration;
using SelfImprove.Orchestration;
using SelfImprove.Storage;

namespace SelfImprove.Evaluation.ValidationSets;

/// <summary>Draws the items of an evaluation. A second run gives what the first one wrote.</summary>
/// <param name="store">Where items are written.</param>
/// <param name="manifests">The pinned manifests.</param>
/// <param name="versions">The versions: what the candidate was trained on is never drawn.</param>
/// <param name="sample">Draws.</param>
public sealed class PrepareValidation(
    IObjectStore store, PinnedManifests manifests, VersionStore versions, ValidationSample sample) : Activity<PrepareInput, PreparedValidation>
{
    /// <summary>The name under which it is called.</summary>
    public static readonly ActivityRef<PrepareInput, PreparedValidation> Ref = new(nameof(PrepareValidation));

    private sealed record Drawn(int Count, bool Exhausted);

    /// <inheritdoc />
    public override async Task<PreparedValidation> RunAsync(ActivityContext context, PrepareInput input, CancellationToken cancellationToken)
    {
        var run = input.Evaluation.Run;
        var manifest = await manifests.GetAsync(run, cancellationToken);
        var path = run.Path($"validation-{run.Round}-{input.Attempt}.jsonl");
        var done = run.Path($"validation-{run.Round}-{input.Attempt}.drawn.json");

        // Written last: where it is there, the items are complete, and are what a later draw must not change.
        var drawn = await JsonLines.ReadAsync<Drawn>(store, done, cancellationToken).FirstOrDefaultAsync(cancellationToken);
        if (drawn is null)
        {
            await JsonLines.WriteOnceAsync(store, done, [await DrawAsync(input, manifest, path, cancellationToken)], cancellationToken);
            drawn = await JsonLines.ReadAsync<Drawn>(store, done, cancellationToken).FirstAsync(cancellationToken);
        }
        return new PreparedValidation(path, drawn.Count, drawn.Exhausted);
    }

    private async Task<Drawn> DrawAsync(PrepareInput input, AgentManifest manifest, string path, CancellationToken cancellationToken)
    {
        var settings = manifest.Evaluation;
        var wanted = Math.Min(input.Wanted > 0 ? input.Wanted : settings.Items, settings.MaxItems);
        var candidate = await versions.GetAsync(manifest.Agent, input.Evaluation.Candidate, cancellationToken)
            ?? throw new InvalidOperationException($"Agent {manifest.Agent} has no version '{input.Evaluation.Candidate}' to evaluate.");
        var trained = await TrainingTexts.ReadAsync(store, candidate.Dataset, cancellationToken);
        var (items, available) = await sample.DrawAsync(manifest, trained, wanted, input.Now, input.Evaluation.Since, cancellationToken);
        await JsonLines.WriteOnceAsync(store, path, items, cancellationToken);
        var count = await JsonLines.ReadLinesAsync(store, path, cancellationToken).CountAsync(cancellationToken);
        return new Drawn(count, count >= available || count >= settings.MaxItems);
    }
}
