namespace SelfImprove.DataGeneration.Labelling;

/// <summary>What asking a teacher takes.</summary>
/// <param name="AsksModels">Whether there are models to ask.</param>
/// <param name="AsksPeople">Whether items may go to people.</param>
/// <param name="BatchSize">How many items go to models in one batch.</param>
public sealed record LabelPlan(bool AsksModels, bool AsksPeople, int BatchSize)
{
    /// <summary>Names of the endpoints that have to be deployed first; null where all its models are there.</summary>
    public IReadOnlyList<string>? Endpoints { get; init; }
}

/// <summary>One batch of a piece of labelling.</summary>
/// <param name="Label">The whole.</param>
/// <param name="Batch">Its number, from 0.</param>
/// <param name="From">Its first item's line, from 0.</param>
/// <param name="Count">How many items.</param>
public sealed record LabelBatchInput(LabelInput Label, int Batch, int From, int Count);

/// <summary>How a batch ended.</summary>
/// <param name="Asked">Answers in its file, refusals included.</param>
/// <param name="Shortfall">Why items were not asked about; null where all were.</param>
public sealed record LabelBatchOutput(int Asked, string? Shortfall);

/// <summary>A run of batches, so that no orchestration makes more than 100 calls at once.</summary>
/// <param name="Label">The whole.</param>
/// <param name="FirstBatch">The first batch's number.</param>
/// <param name="Batches">How many.</param>
/// <param name="BatchSize">Items of a batch.</param>
public sealed record LabelShardInput(LabelInput Label, int FirstBatch, int Batches, int BatchSize);

/// <summary>How a run of batches ended.</summary>
/// <param name="Shortfall">Why items have no answer; null where all have.</param>
public sealed record LabelShardOutput(string? Shortfall);

/// <summary>What is to be merged.</summary>
/// <param name="Label">The whole.</param>
/// <param name="BatchSize">Items of a batch.</param>
/// <param name="Shortfall">What is known to be missing so far.</param>
public sealed record MergeLabelsInput(LabelInput Label, int BatchSize, string? Shortfall);
