namespace SelfImprove.DataGeneration.Datasets;

/// <summary>Where a dataset row came from: line n of <c>dataset-{round}.provenance.jsonl</c> is about line n of the dataset.</summary>
/// <param name="Id">The interaction; null where unknown.</param>
/// <param name="Source">Who gave the output: <c>teacher:strong</c>, <c>people:ada</c>, <c>feedback:ada</c>; <c>parent</c> where the parent's dataset
/// does not say.</param>
/// <param name="Run">The run that added the row; null where unknown.</param>
/// <param name="Round">Its round.</param>
/// <param name="Confidence">How sure the source was, [0,1].</param>
/// <param name="PriceUsd">What the output cost.</param>
/// <param name="Weight">Inverse of the relative probability with which the input was drawn.</param>
/// <param name="Redacted">How many pieces of personal data were replaced.</param>
public sealed record RowProvenance(
    string? Id, string Source, string? Run = null, int? Round = null, double? Confidence = null, decimal PriceUsd = 0, double Weight = 1, int Redacted = 0)
{
    /// <summary>The source of rows of which nothing is known but that the parent was trained on them.</summary>
    public const string Parent = "parent";

    /// <summary>The path beside a dataset's: <c>dataset-1.jsonl</c> gives <c>dataset-1.provenance.jsonl</c>.</summary>
    public static string PathOf(string dataset) =>
        (dataset.EndsWith(".jsonl", StringComparison.Ordinal) ? dataset[..^".jsonl".Length] : dataset) + ".provenance.jsonl";
}
