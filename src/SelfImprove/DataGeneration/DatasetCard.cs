namespace SelfImprove.DataGeneration;

/// <summary>What a dataset holds and how it came about. Kept beside it as <c>dataset-{round}.card.json</c>.</summary>
public sealed record DatasetCard
{
    /// <summary>The dataset: a store path.</summary>
    public required string Path { get; init; }

    /// <summary><c>sft</c> or <c>dpo</c>.</summary>
    public string Format { get; init; } = DatasetFormat.Rows;

    /// <summary>The preference pairs beside the rows; null for none.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public PairsCard? Pairs { get; init; }

    /// <summary>All rows, those taken over from the parent version included.</summary>
    public required int Rows { get; init; }

    /// <summary>Rows that this round added.</summary>
    public required int NewRows { get; init; }

    /// <summary>Rows per slice (decision).</summary>
    public required IReadOnlyDictionary<string, int> Slices { get; init; }

    /// <summary>New rows per source: <c>teacher:strong</c>, <c>people:ada</c>, <c>feedback:{source}</c>.</summary>
    public required IReadOnlyDictionary<string, int> Sources { get; init; }

    /// <summary>Rows that each filter refused: <c>schema</c>, <c>exactDuplicate</c>, <c>nearDuplicate</c>, <c>contamination</c>,
    /// <c>labelConflict</c>, <c>sourceCap</c>, <c>refusal</c>, <c>lowConfidence</c>, <c>secret</c>, <c>promptInjection</c>.</summary>
    public required IReadOnlyDictionary<string, int> Filtered { get; init; }

    /// <summary>Rows in which personal data was redacted.</summary>
    public int Redacted { get; init; }

    /// <summary>What the labels cost, in USD.</summary>
    public decimal CostUsd { get; init; }

    /// <summary>SHA-256 of the dataset's bytes, lower-case hexadecimal.</summary>
    public required string ContentHash { get; init; }
}
