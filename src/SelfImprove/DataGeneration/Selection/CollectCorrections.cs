using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration.Labelling;
using SelfImprove.DataGeneration.Splitting;
using SelfImprove.DataGeneration.Texts;
using SelfImprove.Models;
using SelfImprove.Monitoring.Events;
using SelfImprove.Orchestration;
using SelfImprove.Storage;

namespace SelfImprove.DataGeneration.Selection;

/// <summary>The demonstrations found.</summary>
/// <param name="Labels">Store path: one <see cref="LabelledItem"/> a line.</param>
/// <param name="Count">How many.</param>
public sealed record CollectedCorrections(string Labels, int Count);

/// <summary>
/// Collects the right outputs that users and environments gave as feedback, of the training side and the lookback. Where several sources
/// corrected one interaction, the majority counts; a tie is dropped. Collected once per round.
/// </summary>
/// <param name="store">Where they are kept.</param>
/// <param name="manifests">The pinned manifests.</param>
/// <param name="observed">Reads the traffic.</param>
/// <param name="split">Tells the training side.</param>
/// <param name="clock">Tells how far back the lookback reaches.</param>
public sealed class CollectCorrections(IObjectStore store, PinnedManifests manifests, ReadObserved observed, InputSplit split, TimeProvider clock)
    : Activity<GenerateInput, CollectedCorrections>
{
    /// <summary>Its name.</summary>
    public static readonly ActivityRef<GenerateInput, CollectedCorrections> Ref = new(nameof(CollectCorrections));

    private const int Most = 100_000;

    /// <inheritdoc />
    public override async Task<CollectedCorrections> RunAsync(ActivityContext context, GenerateInput input, CancellationToken cancellationToken)
    {
        var path = input.Run.Path("corrections", "jsonl");
        if (await store.ReadAsync(path, new ByteRange(0, 1), cancellationToken) is null)
            await JsonLines.WriteOnceAsync(store, path, await CollectAsync(input, cancellationToken), cancellationToken);
        var count = 0;
        await foreach (var _ in JsonLines.ReadLinesAsync(store, path, cancellationToken)) count++;
        return new CollectedCorrections(path, count);
    }

    private async Task<IEnumerable<LabelledItem>> CollectAsync(GenerateInput input, CancellationToken cancellationToken)
    {
        var manifest = await manifests.GetAsync(input.Run, cancellationToken);
        var found = new List<LabelledItem>();
        await foreach (var seen in observed(input.Run.Agent, clock.GetUtcNow() - manifest.Data.Lookback, cancellationToken))
        {
            if (seen.Interaction.Trainable != false && Correction(seen) is { } correction) found.Add(correction);
            if (found.Count == Most) break;
        }
        var sides = await split.SidesAsync(input.Run.Agent, found.ConvertAll(f => InputText.Of(f.Input)), manifest.Evaluation.ValidationShare, cancellationToken);
        return found.Where((_, i) => sides[i] == SplitSide.Training);
    }

    private static LabelledItem? Correction(ObservedInteraction seen)
    {
        var voices = seen.Feedback.Where(f => f.Demonstration is not null).OrderBy(f => f.Time).ThenBy(f => f.Source.Id, StringComparer.Ordinal).ToList();
        if (voices.Count == 0) return null;
        var slice = seen.Interaction.Output?.Decision ?? "";
        if (MajorityVote.Winner(voices.Select(f => f.Demonstration!)) is not { } right) return null;
        var key = OutputKey.Of(right);
        var source = voices.First(f => OutputKey.Of(f.Demonstration!) == key).Source.Id;
        return new LabelledItem(seen.Interaction.Id, seen.Interaction.Input, slice, 1, right, $"feedback:{source}", null, 0);
    }
}
