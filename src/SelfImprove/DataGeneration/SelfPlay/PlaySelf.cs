using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Versions;
using SelfImprove.DataGeneration.Labelling;
using SelfImprove.Models;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Storage;

namespace SelfImprove.DataGeneration.SelfPlay;

/// <summary>The input of <see cref="PlaySelf"/>.</summary>
/// <param name="Generate">The round.</param>
/// <param name="Items">Store path of the inputs chosen for the round.</param>
/// <param name="From">The first to play, from 0; the next <see cref="PlaySelf.Most"/> are played.</param>
public sealed record PlaySelfInput(GenerateInput Generate, string Items, int From);

/// <summary>What was played.</summary>
/// <param name="Labels">Store path: one <see cref="LabelledItem"/> for each input of which the verifier vouched for an answer.</param>
/// <param name="CostUsd">What it cost.</param>
/// <param name="Shortfall">Why less was played than asked for; null where all was.</param>
public sealed record PlayedItems(string? Labels, decimal CostUsd, string? Shortfall);

/// <summary>Has the champion answer inputs several times and keeps what the verifier vouches for, as labels of the source <c>self-play:{version}</c>.</summary>
/// <param name="store">Where labels are kept.</param>
/// <param name="manifests">The pinned manifests.</param>
/// <param name="versions">Knows the champion.</param>
/// <param name="models">Opens it.</param>
/// <param name="verifiers">Opens the verifier.</param>
/// <param name="log">Plays.</param>
/// <param name="guard">Asks whether the run is still on.</param>
public sealed class PlaySelf(
    IObjectStore store, PinnedManifests manifests, VersionStore versions, ModelCatalog models, SelfPlayVerifiers verifiers, PlayLog log, RunGuard guard)
    : Activity<PlaySelfInput, PlayedItems>
{
    /// <summary>Its name.</summary>
    public static readonly ActivityRef<PlaySelfInput, PlayedItems> Ref = new(nameof(PlaySelf));

    /// <summary>Inputs of one call at most.</summary>
    public const int Most = 100;

    /// <summary>What the sources of such rows begin with; the version that proposed them follows.</summary>
    public const string Source = "self-play:";

    /// <inheritdoc/>
    public override async Task<PlayedItems> RunAsync(ActivityContext context, PlaySelfInput input, CancellationToken cancellationToken)
    {
        var (run, champion) = (input.Generate.Run, input.Generate.Champion);
        await guard.EnsureActiveAsync(run, cancellationToken);
        var manifest = await manifests.GetAsync(run, cancellationToken);
        if (await verifiers.OpenAsync(manifest, cancellationToken) is not { } verifier)
            return new PlayedItems(null, 0, "Nothing can verify what the student proposes: self-play of free text wants judges (evaluation.judge).");
        var version = await versions.GetAsync(run.Agent, champion, cancellationToken)
            ?? throw new InvalidOperationException($"Agent {run.Agent} has no version {champion}; the run's champion was expected.");
        var items = new List<LabelItem>();
        var part = JsonLines.ReadAsync<LabelItem>(store, input.Items, cancellationToken).Skip(input.From).Take(Most);
        await foreach (var item in part.WithCancellation(cancellationToken)) items.Add(item);
        var table = new SelfPlayTable(await models.OpenAsync(version.Model, manifest.Task, cancellationToken), verifier, manifest, $"{run.Run}/{run.Round}/play");
        var played = await log.PlayAsync($"self-play-{input.From}", run, manifest.Budget, table, items, null, cancellationToken);
        var path = run.Path($"labels-self-play-{run.Round}-{input.From}.jsonl");
        var kept = items.Zip(played).Where(p => p.Second.Picked is not null).Select(p => new LabelledItem(
            p.First.Id, p.First.Input, p.First.Slice, p.First.Weight, p.Second.Picked, $"{Source}{champion}", null, p.Second.StudentUsd + p.Second.VerifierUsd));
        await JsonLines.WriteOnceAsync(store, path, kept, cancellationToken);
        return new PlayedItems(path, played.Sum(p => p.StudentUsd + p.VerifierUsd),
            played.Count < items.Count ? $"The budget ended after {input.From + played.Count} inputs of self-play." : null);
    }
}
