using SelfImprove.DataGeneration.Datasets;
using SelfImprove.DataGeneration.Labelling;
using SelfImprove.DataGeneration.Selection;
using SelfImprove.Orchestration;

namespace SelfImprove.DataGeneration;

/// <summary>Gathers what the plan asks for: chooses inputs, has them labelled, collects corrections, and builds the dataset.</summary>
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
        if (input.Plan is { Teacher: { } teacher, Rows: > 0 })
        {
            context.SetStatus(new { doing = "choosing inputs" });
            var items = await context.CallAsync(SelectItems.Ref, input);
            shortfall = items.Shortfall;
            if (items.Count > 0)
            {
                context.SetStatus(new { doing = "labelling", items = items.Count, teacher });
                labels = await context.CallAsync(LabelItems.Ref, new LabelInput(input.Run, Purpose, teacher, items.Items, items.Count),
                    $"{context.InstanceId}/labels");
                shortfall = Shortfalls.Join(shortfall, labels.Shortfall);
                // Another teacher can give all that was planned: a dataset without this one's labels is not what was chosen.
                if (labels.IsTeacherMissing) return new GenerateOutput(null, null, 0, labels.CostUsd, labels.Shortfall) { Labels = labels.Labels, IsTeacherMissing = true };
            }
        }
        context.SetStatus(new { doing = "building the dataset" });
        var corrections = await context.CallAsync(CollectCorrections.Ref, input);
        var cost = labels?.CostUsd ?? 0;
        var built = await context.CallAsync(BuildDataset.Ref, new BuildDatasetInput(
            input.Run, input.Champion, [.. input.Labelled ?? [], .. new[] { labels?.Labels, corrections.Labels }.OfType<string>()], cost));
        return new GenerateOutput(built.Dataset, built.Card, built.NewRows, cost, Shortfalls.Join(shortfall, built.Shortfall)) { Labels = labels?.Labels };
    }
}
