using SelfImprove.DataGeneration.Datasets;
using SelfImprove.DataGeneration.Labelling;
using SelfImprove.DataGeneration.Selection;
using SelfImprove.DataGeneration.SelfPlay;
using SelfImprove.Orchestration;
using SelfImprove.Planning;

namespace SelfImprove.DataGeneration;

/// <summary>Gathers what the plan asks for: chooses inputs, has them labelled, has the student play, collects corrections and pairs, and builds the dataset.</summary>
public sealed class GenerateData : Orchestrator<GenerateInput, GenerateOutput>
{
    /// <summary>Its name. The caller gives the child an id with run and round.</summary>
    public static readonly OrchestratorRef<GenerateInput, GenerateOutput> Ref = new(nameof(GenerateData));

    /// <summary>The purpose of the labels it asks for.</summary>
    public const string Purpose = "train";

    /// <inheritdoc />
    public override async Task<GenerateOutput> RunAsync(OrchestrationContext context, GenerateInput input)
    {
        LabelOutput? labels = null;
        string? shortfall = null;
        var (waves, wavesUsd) = (new List<string>(), 0m);
        if (input.Plan is { Teacher: { } teacher, Rows: > 0 })
        {
            // What a wave was told decides what the next one asks about.
            for (var wave = 1; wave < input.Plan.Waves; wave++)
            {
                context.SetStatus(new { doing = "choosing inputs", wave });
                var share = input.Plan.Rows / (input.Plan.Waves - wave + 1);
                var asked = await context.CallAsync(SelectItems.Ref, input with { Wave = wave, Plan = input.Plan with { Rows = share } });
                if (asked.Count == 0) break;
                context.SetStatus(new { doing = "labelling", items = asked.Count, teacher, wave });
                var told = await context.CallAsync(LabelItems.Ref, new LabelInput(input.Run, $"{Purpose}{wave}", teacher, asked.Items, asked.Count),
                    $"{context.InstanceId}/labels{wave}");
                (wavesUsd, shortfall) = (wavesUsd + told.CostUsd, Shortfalls.Join(shortfall, told.Shortfall));
                waves.Add(told.Labels);
                if (told.IsTeacherMissing) return new GenerateOutput(null, null, 0, wavesUsd, told.Shortfall) { Waves = waves, IsTeacherMissing = true };
                input = input with { Plan = input.Plan with { Rows = input.Plan.Rows - asked.Count }, Labelled = [.. input.Labelled ?? [], told.Labels] };
            }
            context.SetStatus(new { doing = "choosing inputs" });
            var items = await context.CallAsync(SelectItems.Ref, input);
            shortfall = Shortfalls.Join(shortfall, items.Shortfall);
            if (items.Count > 0)
            {
                context.SetStatus(new { doing = "labelling", items = items.Count, teacher });
                labels = await context.CallAsync(LabelItems.Ref, new LabelInput(input.Run, Purpose, teacher, items.Items, items.Count),
                    $"{context.InstanceId}/labels");
                shortfall = Shortfalls.Join(shortfall, labels.Shortfall);
                // Another teacher can give all that was planned: a dataset without this one's labels is not what was chosen.
                if (labels.IsTeacherMissing) return new GenerateOutput(null, null, 0, wavesUsd + labels.CostUsd, labels.Shortfall) { Labels = labels.Labels, Waves = waves.Count > 0 ? waves : null, IsTeacherMissing = true };
            }
        }
        var (played, playedUsd) = (new List<string>(), 0m);
        if (input.Plan is { Strategy: PlanStrategy.SelfPlay, Rows: > 0 })
        {
            context.SetStatus(new { doing = "choosing inputs" });
            var items = await context.CallAsync(SelectItems.Ref, input);
            shortfall = items.Shortfall;
            for (var from = 0; from < items.Count; from += PlaySelf.Most)
            {
                context.SetStatus(new { doing = "self-play", items = items.Count, played = from });
                var part = await context.CallAsync(PlaySelf.Ref, new PlaySelfInput(input, items.Items, from));
                playedUsd += part.CostUsd;
                if (part.Labels is not null) played.Add(part.Labels);
                shortfall = Shortfalls.Join(shortfall, part.Shortfall);
                if (part.Shortfall is not null) break;
            }
        }
        var pairs = input.Plan.Strategy == PlanStrategy.Preference ? await context.CallAsync(CollectPairs.Ref, input) : null;
        if (pairs is { Count: < BuildDataset.LeastNewRows }) pairs = null;
        context.SetStatus(new { doing = "building the dataset" });
        // What is learnt as a pair is not given as a row too: that was measured to be worse than either.
        var corrections = pairs is null ? await context.CallAsync(CollectCorrections.Ref, input) : null;
        var cost = wavesUsd + (labels?.CostUsd ?? 0) + playedUsd;
        var built = await context.CallAsync(BuildDataset.Ref, new BuildDatasetInput(
            input.Run, input.Champion, [.. input.Labelled ?? [], .. played.Prepend(labels?.Labels).Append(corrections?.Labels).OfType<string>()], cost)
        {
            Pairs = pairs?.Card,
        });
        return new GenerateOutput(built.Dataset, built.Card, built.NewRows, cost, Shortfalls.Join(shortfall, built.Shortfall))
        {
            Labels = labels?.Labels,
            Waves = waves.Count > 0 ? waves : null,
            Pairs = pairs?.Pairs,
        };
    }
}
