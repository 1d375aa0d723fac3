using SelfImprove.Orchestration;
using SelfImprove.Runs;

namespace SelfImprove.DataGeneration.Labelling;

/// <summary>Asks models about at most 100 batches, all at once; the engine bounds how many run. A batch that fails for good costs the others nothing.</summary>
public sealed class LabelShard : Orchestrator<LabelShardInput, LabelShardOutput>
{
    /// <summary>Its name.</summary>
    public static readonly OrchestratorRef<LabelShardInput, LabelShardOutput> Ref = new(nameof(LabelShard));

    /// <inheritdoc />
    public override async Task<LabelShardOutput> RunAsync(OrchestrationContext context, LabelShardInput input)
    {
        var shortfalls = await Task.WhenAll(Enumerable.Range(input.FirstBatch, input.Batches).Select(b => LabelAsync(context, input, b)));
        return new LabelShardOutput(Shortfalls.Join(shortfalls));
    }

    private static async Task<string?> LabelAsync(OrchestrationContext context, LabelShardInput input, int batch)
    {
        var from = batch * input.BatchSize;
        var count = Math.Min(input.BatchSize, input.Label.Count - from);
        try
        {
            return (await context.CallAsync(LabelBatch.Ref, new LabelBatchInput(input.Label, batch, from, count), LabelBatch.Retry)).Shortfall;
        }
        catch (OrchestrationFailureException e) when (!RunGuard.Forbids(e.Failure))
        {
            return $"Batch {batch} failed: {e.Failure.Message}";
        }
    }
}
