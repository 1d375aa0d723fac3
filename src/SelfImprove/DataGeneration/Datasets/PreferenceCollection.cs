using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration.Filters;
using SelfImprove.DataGeneration.Labelling;
using SelfImprove.DataGeneration.Splitting;
using SelfImprove.DataGeneration.Texts;
using SelfImprove.Orchestration;
using SelfImprove.Storage;

namespace SelfImprove.DataGeneration.Datasets;

/// <summary>The pairs found.</summary>
/// <param name="Pairs">Store path: one pair a line, as <see cref="DpoFormat"/> writes it; the sources lie beside it, line by line, as
/// <see cref="RowProvenance"/>.</param>
/// <param name="Card">Store path of their card, a <see cref="PairsCard"/>: written last and once.</param>
/// <param name="Count">How many.</param>
public sealed record CollectedPairs(string Pairs, string Card, int Count);

/// <summary>
/// Collects preference pairs from feedback, of the training side and the lookback: screened like rows, no source giving more than its share. Collected once
/// per round.
/// </summary>
/// <param name="store">Where they are kept.</param>
/// <param name="manifests">The pinned manifests.</param>
/// <param name="observed">Reads the traffic.</param>
/// <param name="split">Tells the training side.</param>
/// <param name="redactor">Replaces personal data.</param>
/// <param name="clock">Tells how far back the lookback reaches.</param>
public sealed class CollectPairs(
    IObjectStore store, PinnedManifests manifests, ReadObserved observed, InputSplit split, ITextRedactor redactor, TimeProvider clock)
    : Activity<GenerateInput, CollectedPairs>
{
    /// <summary>Its name.</summary>
    public static readonly ActivityRef<GenerateInput, CollectedPairs> Ref = new(nameof(CollectPairs));

    /// <inheritdoc/>
    public override async Task<CollectedPairs> RunAsync(ActivityContext context, GenerateInput input, CancellationToken cancellationToken)
    {
        var (path, cardPath) = (input.Run.Path("pairs", "jsonl"), input.Run.Path($"pairs-{input.Run.Round}.card.json"));
        var documents = new JsonDocuments(store);
        if (await documents.ReadAsync<PairsCard>(cardPath, cancellationToken) is not { Value: var card })
        {
            card = await WriteAsync(input, path, cancellationToken);
            await documents.WriteAsync(cardPath, card, WriteCondition.IfAbsent, cancellationToken);
        }
        return new CollectedPairs(path, cardPath, card.Count);
    }

    private async Task<PairsCard> WriteAsync(GenerateInput input, string path, CancellationToken cancellationToken)
    {
        var manifest = await manifests.GetAsync(input.Run, cancellationToken);
        var seen = observed(input.Run.Agent, clock.GetUtcNow() - manifest.Data.Lookback, cancellationToken);
        var found = PreferencePairs.Sourced(await PreferencePairs.LatestJudgedAsync(seen, cancellationToken)).ToList();
        var sides = await split.SidesAsync(input.Run.Agent, found.ConvertAll(p => InputText.Of(p.Input)), manifest.Evaluation.ValidationShare, cancellationToken);
        var contamination = await ContaminationFilter.LoadAsync(
            store, input.Run.Agent, manifest.Data.Contamination, manifest.Data.RedactPersonalData ? redactor : null, cancellationToken);
        var screen = new RowScreen(manifest, contamination, redactor);
        var training = found.Where((_, i) => sides[i] == SplitSide.Training).ToList();
        var screened = training.Select(p => Screen(screen, p)).OfType<SourcedPair>().ToList();
        var kept = Cap(screened, manifest.Data.MaxSourceShare).ToList();

        using var pairs = new DatasetWriter(store, path);
        using var provenance = new DatasetWriter(store, RowProvenance.PathOf(path));
        foreach (var pair in kept)
        {
            await pairs.WriteAsync(DpoFormat.Write(PreferencePairs.Pair(pair, manifest.Task)), cancellationToken);
            await provenance.WriteAsync(JsonLines.Line(new RowProvenance(pair.Id, pair.Source, input.Run.Run, input.Run.Round)).TrimEnd('\n'), cancellationToken);
        }
        await provenance.CompleteAsync(cancellationToken);
        return new PairsCard(
            path, kept.Count, kept.Count(p => p.IsCorrection),
            new SortedDictionary<string, int>(kept.CountBy(p => p.Source, StringComparer.Ordinal).ToDictionary(), StringComparer.Ordinal),
            Left(("screened", training.Count - screened.Count), ("sourceCap", screened.Count - kept.Count)),
            await pairs.CompleteAsync(cancellationToken));
    }

    private static SortedDictionary<string, int> Left(params (string Why, int Count)[] left) =>
        new(left.Where(l => l.Count > 0).ToDictionary(l => l.Why, l => l.Count), StringComparer.Ordinal);

    private static SourcedPair? Screen(RowScreen screen, SourcedPair pair)
    {
        var better = screen.Screen(new LabelledItem(pair.Id, pair.Input, "", 1, pair.Preferred, pair.Source, null, 0)).Row;
        var worse = screen.Screen(new LabelledItem(pair.Id, pair.Input, "", 1, pair.NonPreferred, pair.Source, null, 0)).Row;
        return better is null || worse is null || better.Key == worse.Key
            ? null
            : pair with { Input = better.Input, Preferred = better.Output, NonPreferred = worse.Output };
    }

    private static IEnumerable<SourcedPair> Cap(List<SourcedPair> pairs, double share)
    {
        var sources = pairs.GroupBy(p => p.Source, StringComparer.Ordinal).ToList();
        if (sources.Count == 0) return [];
        var cap = SourceCap.Of([.. sources.Select(s => s.Count())], 0, share);
        return sources.OrderBy(s => s.Key, StringComparer.Ordinal).SelectMany(s => s.Take(cap));
    }
}
