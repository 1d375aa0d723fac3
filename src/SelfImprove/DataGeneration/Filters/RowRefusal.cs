namespace SelfImprove.DataGeneration.Filters;

/// <summary>Why a row was kept out: the keys of <see cref="DatasetCard.Filtered"/>.</summary>
public static class RowRefusal
{
    /// <summary>The source declined, or failed.</summary>
    public const string Refusal = "refusal";
    /// <summary>The source was less sure than the manifest asks for.</summary>
    public const string LowConfidence = "lowConfidence";
    /// <summary>The voices of a panel, or of people, did not agree.</summary>
    public const string Disagreement = "disagreement";
    /// <summary>The output is outside the manifest, or its arguments are invalid.</summary>
    public const string Schema = "schema";
    /// <summary>It holds a credential.</summary>
    public const string Secret = "secret";
    /// <summary>The input instructs the model.</summary>
    public const string PromptInjection = "promptInjection";
    /// <summary>It overlaps a validation or golden item.</summary>
    public const string Contamination = "contamination";
    /// <summary>The same text has another label of equal or better standing.</summary>
    public const string LabelConflict = "labelConflict";
    /// <summary>The same text is there already.</summary>
    public const string ExactDuplicate = "exactDuplicate";
    /// <summary>Nearly the same text with the same decision is there already.</summary>
    public const string NearDuplicate = "nearDuplicate";
    /// <summary>One feedback source gave more than its share of a slice.</summary>
    public const string SourceCap = "sourceCap";

    /// <summary>The key of a label without output, from its own words: they begin with the key and a colon where it is not a plain refusal.</summary>
    public static string OfLabel(string? words) =>
        words is null ? Refusal
        : words.StartsWith(LowConfidence + ":", StringComparison.Ordinal) ? LowConfidence
        : words.StartsWith(Disagreement + ":", StringComparison.Ordinal) ? Disagreement
        : Refusal;
}
