namespace SelfImprove.DataGeneration;

/// <summary>What a trainer takes: the names that trainers, cards and jobs use.</summary>
public static class DatasetFormat
{
    /// <summary>Rows of an input and its right output, as OpenAI's chat fine-tuning JSONL.</summary>
    public const string Rows = "sft";

    /// <summary>Pairs of a better and a worse output, as JSONL of direct preference optimisation.</summary>
    public const string Pairs = "dpo";

    /// <summary>Rows that go into a prompt as examples; nothing is trained.</summary>
    public const string FewShot = "few-shot";
}
