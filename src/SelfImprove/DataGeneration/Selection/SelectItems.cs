using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Versions;
using SelfImprove.DataGeneration.Datasets;
using SelfImprove.DataGeneration.Filters;
using SelfImprove.DataGeneration.Labelling;
using SelfImprove.DataGeneration.Splitting;
using SelfImprove.DataGeneration.Texts;
using SelfImprove.Models;
using SelfImprove.Orchestration;
using SelfImprove.Storage;

namespace SelfImprove.DataGeneration.Selection;

/// <summary>The inputs chosen for labelling.</summary>
/// <param name="Items">Store path: one <see cref="LabelItem"/> a line.</param>
/// <param name="Count">How many.</param>
/// <param name="Shortfall">Why there are fewer than planned; null where there are not.</param>
public sealed record SelectedItems(string Items, int Count, string? Shortfall);

/// <summary>
/// Chooses recent real inputs for labelling: trainable ones, of the training side, each text once, none that the champion was trained on or
/// that a user corrected already. Chosen once per round: a repeated execution finds the file.
/// </summary>
/// <param name="store">Where items are kept.</param>
/// <param name="manifests">The pinned manifests.</param>
/// <param name="versions">Knows the champion's model and dataset.</param>
/// <param name="observed">Reads the traffic.</param>
/// <param name="split">Tells the training side.</param>
/// <param name="models">Opens the champion.</param>
/// <param name="redactor">Datasets hold redacted texts; to compare, so must this.</param>
/// <param name="interims">Fit students for a moment, where training is cheap.</param>
/// <param name="clock">Tells how far back the lookback reaches.</param>
public sealed class SelectItems(
    IObjectStore store, PinnedManifests manifests, VersionStore versions, ReadObserved observed, InputSplit split, ModelCatalog models, ITextRedactor redactor,
    IEnumerable<IInterimStudent> interims, TimeProvider clock)
    : Activity<GenerateInput, SelectedItems>
{
    /// <summary>Its name.</summary>
    public static readonly ActivityRef<GenerateInput, SelectedItems> Ref = new(nameof(SelectItems));

    // The latest so many different texts are looked at: choosing 5,000 of 20,000 gains little from more.
    private const int Pool = 20_000;
    private const double UnknownMargin = 0.5;

    /// <inheritdoc />
    public override async Task<SelectedItems> RunAsync(ActivityContext context, GenerateInput input, CancellationToken cancellationToken)
    {
        var path = input.Run.Path(input.Wave > 0 ? $"items-train{input.Wave}" : "items-train", "jsonl");
        if (await store.ReadAsync(path, new ByteRange(0, 1), cancellationToken) is null)
        {
            var manifest = await manifests.GetAsync(input.Run, cancellationToken);
            var pool = await PoolAsync(input, manifest, cancellationToken);
            var chosen = ItemSampler.Select(pool, input.Plan, manifest.Planning.Exploration, input.Wave > 0 ? $"{input.Run.Run}/{input.Run.Round}/{input.Wave}" : $"{input.Run.Run}/{input.Run.Round}");
            await JsonLines.WriteOnceAsync(store, path, chosen, cancellationToken);
        }
        var count = 0;
        await foreach (var _ in JsonLines.ReadLinesAsync(store, path, cancellationToken)) count++;
        return new SelectedItems(path, count,
            count >= input.Plan.Rows ? null : $"Recent traffic holds {count} new inputs to label; {input.Plan.Rows} were planned.");
    }

    private async Task<IReadOnlyList<ItemCandidate>> PoolAsync(GenerateInput input, AgentManifest manifest, CancellationToken cancellationToken)
    {
        var agent = input.Run.Agent;
        var champion = await versions.GetAsync(agent, input.Champion, cancellationToken)
            ?? throw new InvalidOperationException($"Agent {agent} has no version {input.Champion}; the run's champion was expected.");
        var known = await KnownTextsAsync(champion.Dataset, cancellationToken);
        foreach (var labelled in input.Labelled ?? [])
            await foreach (var item in JsonLines.ReadAsync<LabelledItem>(store, labelled, cancellationToken)) known.Add(NormalisedText.Of(Redacted(manifest, InputText.Of(item.Input))));
        var latest = new LatestTexts(Pool);
        await foreach (var seen in observed(agent, clock.GetUtcNow() - manifest.Data.Lookback, cancellationToken))
        {
            var interaction = seen.Interaction;
            if (interaction.Trainable == false || interaction.Input.Count == 0) continue;
            var text = NormalisedText.Of(Redacted(manifest, InputText.Of(interaction.Input)));
            if (text.Length == 0 || known.Contains(text)) continue;
            if (seen.Feedback.Any(f => f.Demonstration is not null)) known.Add(text);
            else latest.Add(new ItemCandidate(interaction.Id, interaction.Input, text, interaction.Time, interaction.Output?.Decision ?? "", interaction.Confidence ?? UnknownMargin));
        }
        var candidates = latest.All().Where(c => !known.Contains(c.Text)).ToList();
        var sides = await split.SidesAsync(agent, candidates.ConvertAll(c => InputText.Of(c.Input)), manifest.Evaluation.ValidationShare, cancellationToken);
        var training = candidates.Where((_, i) => sides[i] == SplitSide.Training).ToList();
        // A built-in champion is asked at no cost; of a dear one, what it said and how sure it was when it served must do.
        if (!champion.Model.StartsWith("builtin:", StringComparison.Ordinal)) return training;
        var asked = await InterimAsync(input, manifest, champion, cancellationToken) ?? await models.OpenAsync(champion.Model, manifest.Task, cancellationToken);
        return await JudgeAsync(asked, manifest, training, cancellationToken);
    }

    /// <summary>What the champion would be like with the labels that were paid for already: it doubts other inputs than the champion. Null where there are none, or none can be fitted.</summary>
    private async Task<IChatModel?> InterimAsync(GenerateInput input, AgentManifest manifest, AgentVersion champion, CancellationToken cancellationToken)
    {
        if (champion.Dataset is null || input.Labelled is not { Count: > 0 } paid || interims.FirstOrDefault(i => i.Trainer == manifest.Student.Trainer) is not { } interim) return null;
        var rows = new List<DatasetExample>();
        await foreach (var row in DatasetReader.ReadExamplesAsync(store, champion.Dataset, manifest.Task, cancellationToken)) rows.Add(row);
        foreach (var labels in paid)
            await foreach (var item in JsonLines.ReadAsync<LabelledItem>(store, labels, cancellationToken))
                if (item.Output is { Decision.Length: > 0 }) rows.Add(new DatasetExample(new ModelRequest(item.Input).LastUserText, item.Output.Decision));
        return await interim.FitAsync(rows, manifest.Task, manifest.Student.Seed, cancellationToken);
    }

    private static async Task<List<ItemCandidate>> JudgeAsync(IChatModel model, AgentManifest manifest, List<ItemCandidate> candidates, CancellationToken cancellationToken)
    {
        var tools = manifest.Task.Output == TaskOutput.Tool ? manifest.Task.Tools : null;
        var judged = new List<ItemCandidate>(candidates.Count);
        foreach (var candidate in candidates)
        {
            var answer = await model.AnswerAsync(new ModelRequest(SftFormat.Messages(manifest.Task.Instructions, candidate.Input), tools), cancellationToken);
            judged.Add(candidate with { Slice = answer.Output.Decision, Margin = answer.Margin ?? answer.Confidence ?? UnknownMargin });
        }
        return judged;
    }

    private async Task<HashSet<string>> KnownTextsAsync(string? dataset, CancellationToken cancellationToken)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        if (dataset is null) return known;
        await foreach (var row in DatasetReader.ReadRowsAsync(store, dataset, cancellationToken)) known.Add(NormalisedText.Of(InputText.Of(row.Messages)));
        return known;
    }

    private string Redacted(AgentManifest manifest, string text) => manifest.Data.RedactPersonalData ? redactor.Redact(text).Text : text;

    /// <summary>The latest so many different texts.</summary>
    private sealed class LatestTexts(int most)
    {
        private readonly Dictionary<string, ItemCandidate> _byText = new(StringComparer.Ordinal);

        public void Add(ItemCandidate candidate)
        {
            if (_byText.TryGetValue(candidate.Text, out var other) && !Later(candidate, other)) return;
            _byText[candidate.Text] = candidate;
            if (_byText.Count < 2 * most) return;
            foreach (var old in All().SkipLast(most)) _byText.Remove(old.Text);
        }

        public List<ItemCandidate> All()
        {
            var ordered = _byText.Values.OrderBy(c => c.Time).ThenBy(c => c.Id, StringComparer.Ordinal).ToList();
            return ordered.Count > most && ordered.Count < 2 * most ? ordered.GetRange(ordered.Count - most, most) : ordered;
        }

        private static bool Later(ItemCandidate a, ItemCandidate b) => a.Time > b.Time || (a.Time == b.Time && string.CompareOrdinal(a.Id, b.Id) > 0);
    }
}
