using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Versions;
using SelfImprove.Audit;
using SelfImprove.DataGeneration;
using SelfImprove.DataGeneration.Datasets;
using SelfImprove.DataGeneration.Labelling;
using SelfImprove.DataGeneration.Splitting;
using SelfImprove.DataGeneration.Texts;
using SelfImprove.Models;
using SelfImprove.Monitoring.Aggregation;
using SelfImprove.Monitoring.Observation;
using SelfImprove.Orchestration;
using SelfImprove.Planning.Models;
using SelfImprove.Runs;
using SelfImprove.Storage;

namespace SelfImprove.Planning;

/// <summary>The input of <see cref="ChoosePlan"/>.</summary>
/// <param name="Round">The round.</param>
/// <param name="Pilot">Labels of the pilot; null where there is none.</param>
/// <param name="Diagnosis">The diagnosis: a store path.</param>
public sealed record ChoosePlanInput(PlanRoundInput Round, string? Pilot, string Diagnosis);

/// <summary>The choice in short.</summary>
/// <param name="Plan">The plan; null where nothing is worth doing.</param>
/// <param name="Words">It and its prediction, for a person.</param>
/// <param name="Gain">Predicted gain.</param>
/// <param name="CostUsd">Predicted cost.</param>
/// <param name="Stop">Why nothing is done.</param>
public sealed record ChoosePlanOutput(ImprovementPlan? Plan, string Words, double Gain, decimal CostUsd, string? Stop);

/// <summary>Gathers the planner's facts, measures a learning curve where training is cheap, chooses, and writes the choice down with its runners-up.</summary>
public sealed class ChoosePlan(
    PinnedManifests manifests, VersionStore versions, ObservedLog log, InputSplit split, IEnumerable<ICurveProbe> probes, Ledger ledger, SpendBook spend,
    IObjectStore store, JsonDocuments documents, AuditLog audit, RunGuard guard, TimeProvider clock, PlanAdvisor advisor, TrainerFormats formatsOf,
    PlanMeasurements measurements, GrowthForecasts forecasts)
    : Activity<ChoosePlanInput, ChoosePlanOutput>
{
    /// <summary>The activity's name.</summary>
    public static readonly ActivityRef<ChoosePlanInput, ChoosePlanOutput> Ref = new(nameof(ChoosePlan));

    /// <inheritdoc/>
    public override async Task<ChoosePlanOutput> RunAsync(ActivityContext context, ChoosePlanInput input, CancellationToken cancellationToken)
    {
        var run = input.Round.Run;
        await guard.EnsureActiveAsync(run, cancellationToken);
        var path = run.Path($"plan-{run.Round}.{input.Round.Look}.json");
        if (await documents.ReadAsync<PlanChoice>(path, cancellationToken) is not { Value: var choice })
        {
            var facts = await FactsAsync(input, cancellationToken);
            choice = await advisor.AdviseAsync(context.Key, run, facts, Planner.Choose(facts), cancellationToken);
            choice = choice with { Chosen = choice.Chosen is { } best ? best with { Plan = SliceAllocation.Spread(best.Plan, facts) } : null };
            choice = choice with { ChampionRows = facts.ChampionRows, Exponent = facts.Forecast?.Exponent, ExponentSd = facts.Forecast?.ExponentSd };
            await documents.WriteAsync(path, choice, WriteCondition.IfAbsent, cancellationToken);
            await documents.WriteAsync(run.Path("plan", "json"), choice, default, cancellationToken);
        }
        await audit.AppendAsync(run.Agent, new AuditRecord("planned", run.Run, "runtime", new { run.Round, choice.Chosen, choice.Stop, choice.Advice, Path = path }, context.Key), cancellationToken);
        if (choice.Chosen is not { } chosen) return new ChoosePlanOutput(null, "", 0, 0, choice.Stop);
        var words = $"{Sentence(chosen.Describe())} Predicted: quality {chosen.Gain:+0.000;-0.000} +- {chosen.GainSd:0.000} for {chosen.CostUsd:0.00} USD, "
            + $"{chosen.Promoted:P0} chance of promotion, {chosen.NetUsd:0.00} USD net."
            + (choice.Advice is { Taken: true } advice ? $" Chosen by {advice.Model}: {advice.Reason}" : "");
        return new ChoosePlanOutput(chosen.Plan, words, chosen.Gain, chosen.CostUsd, null);
    }

    private static string Sentence(string words) => $"{char.ToUpperInvariant(words[0])}{words[1..]}.";

    private async Task<PlanningFacts> FactsAsync(ChoosePlanInput input, CancellationToken cancellationToken)
    {
        var run = input.Round.Run;
        var manifest = await manifests.GetAsync(run, cancellationToken);
        var diagnosis = (await documents.ReadAsync<Diagnosis>(input.Diagnosis, cancellationToken))?.Value
            ?? throw new InvalidDataException($"The diagnosis {input.Diagnosis} is gone.");
        // An evaluation's labels are independent of the teachers': once there is one, it tells the champion's error.
        if (input.Round.Earlier.LastOrDefault(r => r.ChampionError is not null && r.Items >= 20) is { ChampionError: { } error, Items: var items })
            diagnosis = diagnosis with { ChampionError = error, ChampionErrorSd = Math.Sqrt(Math.Max(error * (1 - error), 0.01) / items), Measured = true };
        var champion = await versions.GetAsync(run.Agent, input.Round.Champion, cancellationToken);
        var known = new HashSet<string>(StringComparer.Ordinal);
        var rowsOf = new Dictionary<string, int>(StringComparer.Ordinal);
        if (champion?.Dataset is { } dataset)
            await foreach (var row in DatasetReader.ReadExamplesAsync(store, dataset, manifest.Task, cancellationToken))
            {
                known.Add(NormalisedText.Of(row.Text));
                rowsOf[row.Decision] = rowsOf.GetValueOrDefault(row.Decision) + 1;
            }
        var championRows = rowsOf.Values.Sum();
        var forecast = await forecasts.OfAsync(input.Round, manifest, diagnosis, champion, championRows, cancellationToken);
        var labelled = await LabelledAsync(input, cancellationToken);
        var pool = await PoolAsync(manifest, diagnosis.Since, known, labelled, cancellationToken);
        var left = await LeftAsync(run, manifest, cancellationToken);
        var fresh = await FreshAsync(input.Pilot, cancellationToken);
        var formats = formatsOf(manifest.Student.Trainer);
        return new PlanningFacts
        {
            Manifest = manifest,
            Diagnosis = diagnosis,
            Formats = formats,
            Curve = await CurveAsync(fresh, manifest, champion, cancellationToken),
            Labelled = labelled.Count,
            Pool = pool.Training,
            PoolPerHundred = pool.TrainingPerHundred,
            Corrections = pool.Corrections,
            ValidationPool = pool.Validation,
            ValidationPerHundred = pool.ValidationPerHundred,
            ValidationItems = await ValidationItemsAsync(run.Agent, cancellationToken),
            Left = left,
            Earlier = input.Round.Earlier,
            Preference = formats.Contains(DatasetFormat.Pairs) ? await measurements.PreferenceAsync(manifest, champion, fresh, cancellationToken) : null,
            SelfPlay = await measurements.SelfPlayAsync(input.Round, manifest, champion, input.Pilot, left, cancellationToken),
            TrainsCheaply = probes.Any(p => p.Trainer == manifest.Student.Trainer),
            ChampionRows = championRows,
            RowsOfDecision = rowsOf,
            Forecast = forecast,
            // A forecast has learnt from the ledger already.
            Realism = forecast is null ? Ledger.Realism(await ledger.ReadAsync(run.Agent, cancellationToken)) : 1,
            Waited = input.Round.Waited,
            Asked = input.Round.Cause.By.StartsWith("person:", StringComparison.Ordinal),
        };
    }

    private async Task<TrafficPool> PoolAsync(
        AgentManifest manifest, DateTimeOffset? since, HashSet<string> known, HashSet<string> labelled, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var from = since ?? (now - manifest.Data.Lookback);
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        var corrected = new HashSet<string>(StringComparer.Ordinal);
        var requests = 0;
        await foreach (var seen in log.ReadAsync(manifest.Agent, from, now, cancellationToken: cancellationToken))
        {
            requests++;
            if (seen.Interaction is not { Output: not null, Trainable: not false }) continue;
            var text = InputText.Of(seen.Interaction.Input);
            var normal = NormalisedText.Of(text);
            if (known.Contains(normal)) continue;
            texts.TryAdd(normal, text);
            if (seen.Feedback.Any(f => f.Demonstration is not null)) corrected.Add(normal);
        }
        var sides = await split.SidesAsync(manifest.Agent, [.. texts.Values], manifest.Evaluation.ValidationShare, cancellationToken);
        var training = texts.Keys.Where((_, i) => sides[i] == SplitSide.Training).ToList();
        var corrections = training.Count(t => corrected.Contains(t) && !labelled.Contains(t));
        // What was labelled earlier in the run is no longer to be had, but tells how much of the traffic to come will be.
        var validation = texts.Count - training.Count;
        double PerHundred(int count) => requests > 0 ? 100.0 * count / requests : 0;
        return new TrafficPool(training.Count(t => !labelled.Contains(t)) - corrections, PerHundred(training.Count), corrections, validation, PerHundred(validation));
    }

    private async Task<List<(string Text, string Decision)>> FreshAsync(string? pilot, CancellationToken cancellationToken)
    {
        var fresh = new List<(string Text, string Decision)>();
        if (pilot is null) return fresh;
        await foreach (var item in JsonLines.ReadAsync<LabelledItem>(store, pilot, cancellationToken))
            if (item.Output is not null) fresh.Add((new ModelRequest(item.Input).LastUserText, item.Output.Decision));
        return fresh;
    }

    private async Task<IReadOnlyList<CurvePoint>> CurveAsync(
        List<(string Text, string Decision)> fresh, AgentManifest manifest, AgentVersion? champion, CancellationToken cancellationToken)
    {
        if (fresh.Count < 30 || probes.FirstOrDefault(p => p.Trainer == manifest.Student.Trainer) is not { } probe) return [];
        return await probe.MeasureAsync(champion?.Dataset, fresh, manifest.Task, manifest.Student.Seed, cancellationToken);
    }

    private static IEnumerable<string> LabelledPaths(ChoosePlanInput input) => input.Round.Labelled.Append(input.Pilot).OfType<string>().Distinct(StringComparer.Ordinal);

    private async Task<HashSet<string>> LabelledAsync(ChoosePlanInput input, CancellationToken cancellationToken)
    {
        var texts = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in LabelledPaths(input))
            await foreach (var item in JsonLines.ReadAsync<LabelledItem>(store, path, cancellationToken))
                if (item.Output is not null) texts.Add(NormalisedText.Of(InputText.Of(item.Input)));
        return texts;
    }

    private async Task<int> ValidationItemsAsync(string agent, CancellationToken cancellationToken)
    {
        var most = 0;
        await foreach (var set in store.ListAsync($"validation/{agent}/", cancellationToken: cancellationToken))
        {
            var items = 0;
            await foreach (var _ in JsonLines.ReadLinesAsync(store, set.Path, cancellationToken)) items++;
            most = Math.Max(most, items);
        }
        return most;
    }

    private async Task<decimal> LeftAsync(RunRef run, AgentManifest manifest, CancellationToken cancellationToken) => Math.Min(
        manifest.Budget.PerRun - await spend.OfRunAsync(run, cancellationToken), manifest.Budget.PerMonth - await spend.ThisMonthAsync(run.Agent, cancellationToken));

    private sealed record TrafficPool(int Training, double TrainingPerHundred, int Corrections, int Validation, double ValidationPerHundred);
}
