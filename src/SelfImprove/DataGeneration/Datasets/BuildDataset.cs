using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Versions;
using SelfImprove.DataGeneration.Filters;
using SelfImprove.DataGeneration.Labelling;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Storage;

namespace SelfImprove.DataGeneration.Datasets;

/// <summary>What a dataset is built from.</summary>
/// <param name="Run">The run and round.</param>
/// <param name="Champion">The version whose rows are taken over.</param>
/// <param name="Labels">Store paths of labels: of teachers, of people, corrections.</param>
/// <param name="CostUsd">What the labels cost.</param>
public sealed record BuildDatasetInput(RunRef Run, string Champion, IReadOnlyList<string> Labels, decimal CostUsd)
{
    /// <summary>Store path of the card of preference pairs to learn from beside the rows: then the parent's rows are enough. Null for none.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public string? Pairs { get; init; }
}

/// <summary>The dataset built.</summary>
/// <param name="Dataset">Its store path; null where too little is new.</param>
/// <param name="Card">Its card's store path; null likewise.</param>
/// <param name="NewRows">New rows after filtering.</param>
/// <param name="Shortfall">Why there is no dataset; null where there is.</param>
public sealed record BuiltDataset(string? Dataset, string? Card, int NewRows, string? Shortfall);

/// <summary>
/// Builds the round's dataset: the parent's rows and the new ones, filtered, with a card and each row's provenance beside it. The card is
/// written last and once: where it is there, the dataset is complete. Reads and writes piece by piece; in memory are the new rows and the
/// compared form of the others.
/// </summary>
/// <param name="store">Where everything is kept.</param>
/// <param name="manifests">The pinned manifests.</param>
/// <param name="versions">Knows the parent's dataset.</param>
/// <param name="redactor">Replaces personal data.</param>
public sealed class BuildDataset(IObjectStore store, PinnedManifests manifests, VersionStore versions, ITextRedactor redactor)
    : Activity<BuildDatasetInput, BuiltDataset>
{
    /// <summary>Its name.</summary>
    public static readonly ActivityRef<BuildDatasetInput, BuiltDataset> Ref = new(nameof(BuildDataset));

    /// <summary>Fewer new rows than this are not worth a training job.</summary>
    public const int LeastNewRows = 5;

    /// <inheritdoc />
    public override async Task<BuiltDataset> RunAsync(ActivityContext context, BuildDatasetInput input, CancellationToken cancellationToken)
    {
        var path = input.Run.Path("dataset", "jsonl");
        var cardPath = input.Run.Path($"dataset-{input.Run.Round}.card.json");
        var documents = new JsonDocuments(store);
        if (await documents.ReadAsync<DatasetCard>(cardPath, cancellationToken) is { } done) return new BuiltDataset(path, cardPath, done.Value.NewRows, null);
        var manifest = await manifests.GetAsync(input.Run, cancellationToken);
        var contamination = await ContaminationFilter.LoadAsync(
            store, input.Run.Agent, manifest.Data.Contamination, manifest.Data.RedactPersonalData ? redactor : null, cancellationToken);
        var screen = new RowScreen(manifest, contamination, redactor);
        var assembly = new DatasetAssembly(manifest.Data, manifest.Task.Decisions.Count > 0);
        foreach (var labels in input.Labels) await AddNewAsync(labels, screen, assembly, cancellationToken);
        var parent = (await versions.GetAsync(input.Run.Agent, input.Champion, cancellationToken))?.Dataset;
        if (parent is not null) await AddParentAsync(parent, screen, assembly, cancellationToken);
        var rows = assembly.Choose();
        if (rows.Count < LeastNewRows && !(input.Pairs is not null && parent is not null))
            return new BuiltDataset(null, null, rows.Count, TooFew(rows.Count, assembly.Filtered));
        var card = await WriteAsync(input, path, parent, manifest, assembly, rows, cancellationToken);
        await documents.WriteAsync(cardPath, card, WriteCondition.IfAbsent, cancellationToken);
        return new BuiltDataset(path, cardPath, card.NewRows, null);
    }

    private static string TooFew(int rows, IReadOnlyDictionary<string, int> filtered) =>
        $"{rows} new rows are left after filtering, at least {LeastNewRows} are needed"
        + (filtered.Count == 0 ? "." : $"; refused: {string.Join(", ", filtered.OrderByDescending(f => f.Value).ThenBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Value} {f.Key}"))}.");

    private async Task AddNewAsync(string labels, RowScreen screen, DatasetAssembly assembly, CancellationToken cancellationToken)
    {
        await foreach (var label in JsonLines.ReadAsync<LabelledItem>(store, labels, cancellationToken))
        {
            var (row, refusal) = screen.Screen(label);
            if (row is not null) assembly.AddNew(row);
            else assembly.Refuse(refusal!);
        }
    }

    private async Task AddParentAsync(string parent, RowScreen screen, DatasetAssembly assembly, CancellationToken cancellationToken)
    {
        var line = 0;
        await foreach (var (text, provenance) in ParentRowsAsync(parent, cancellationToken))
        {
            var row = DatasetReader.Parse(parent, line + 1, text);
            if (screen.Refuses(row) is { } refusal) assembly.DropParent(line, refusal);
            else assembly.AddParent(line, row, provenance.Source);
            line++;
        }
        if (line == 0) throw new InvalidDataException($"{parent} has no rows: the champion's dataset was expected there.");
    }

    private async Task<DatasetCard> WriteAsync(
        BuildDatasetInput input, string path, string? parent, AgentManifest manifest, DatasetAssembly assembly, IReadOnlyList<NewRow> rows,
        CancellationToken cancellationToken)
    {
        using var dataset = new DatasetWriter(store, path);
        using var provenance = new DatasetWriter(store, RowProvenance.PathOf(path));
        var slices = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var count = 0;
        if (parent is not null)
        {
            var line = 0;
            await foreach (var (text, from) in ParentRowsAsync(parent, cancellationToken))
            {
                if (assembly.Dropped.Contains(line++)) continue;
                await AddAsync(text, assembly.Slice(DatasetReader.Parse(parent, line, text).Output.Decision), from);
            }
        }
        var tools = manifest.Task.Output == TaskOutput.Tool ? manifest.Task.Tools : [];
        foreach (var row in rows)
        {
            var sft = new DatasetRow(SftFormat.Messages(manifest.Task.Instructions, row.Input), row.Output, tools);
            await AddAsync(SftFormat.Write(sft), assembly.Slice(row.Output.Decision), new RowProvenance(
                row.Label.Id, row.Label.Source, input.Run.Run, input.Run.Round, row.Label.Confidence, row.Label.PriceUsd, row.Label.Weight, row.Redacted));
        }
        await provenance.CompleteAsync(cancellationToken);
        return new DatasetCard
        {
            Path = path,
            Pairs = input.Pairs is { } pairs ? (await new JsonDocuments(store).ReadAsync<PairsCard>(pairs, cancellationToken))?.Value : null,
            Rows = count,
            NewRows = rows.Count,
            Slices = slices,
            Sources = new SortedDictionary<string, int>(rows.GroupBy(r => r.Label.Source, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count()),
                StringComparer.Ordinal),
            Filtered = new SortedDictionary<string, int>(assembly.Filtered.ToDictionary(), StringComparer.Ordinal),
            Redacted = rows.Count(r => r.Redacted > 0),
            CostUsd = input.CostUsd,
            ContentHash = await dataset.CompleteAsync(cancellationToken),
        };

        async Task AddAsync(string text, string slice, RowProvenance from)
        {
            count++;
            slices[slice] = slices.GetValueOrDefault(slice) + 1;
            await dataset.WriteAsync(text, cancellationToken);
            await provenance.WriteAsync(JsonLines.Line(from).TrimEnd('\n'), cancellationToken);
        }
    }

    // Provenance is line by line beside the dataset; a dataset that a person registered has none.
    private async IAsyncEnumerable<(string Line, RowProvenance Provenance)> ParentRowsAsync(
        string parent, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var beside = JsonLines.ReadAsync<RowProvenance>(store, RowProvenance.PathOf(parent), cancellationToken).GetAsyncEnumerator(cancellationToken);
        var more = true;
        await foreach (var line in JsonLines.ReadLinesAsync(store, parent, cancellationToken))
        {
            more = more && await beside.MoveNextAsync();
            yield return (line, more ? beside.Current : new RowProvenance(null, RowProvenance.Parent));
        }
    }
}
