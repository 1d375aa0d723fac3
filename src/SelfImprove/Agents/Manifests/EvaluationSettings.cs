using System.ComponentModel.DataAnnotations;

namespace SelfImprove.Agents.Manifests;

/// <summary>How a candidate is judged.</summary>
public sealed record EvaluationSettings
{
    /// <summary>The teacher that labels validation items; must differ from the one that labels training data, or a part of its labels is audited.</summary>
    public string? Labeller { get; init; }

    /// <summary>Items of a validation set: where evaluation starts.</summary>
    [Range(1, 100_000)]
    public int Items { get; init; } = 200;

    /// <summary>Items at most, after a verdict of inconclusive asked for more.</summary>
    [Range(1, 100_000)]
    public int MaxItems { get; init; } = 1_000;

    /// <summary>The share of input clusters that belong to validation, for ever, (0,0.5].</summary>
    [Range(0.0, 0.5, MinimumIsExclusive = true)]
    public double ValidationShare { get; init; } = 0.2;

    /// <summary>The error rate of "it is better", over all rounds of a run, (0,0.5].</summary>
    [Range(0.0, 0.5, MinimumIsExclusive = true)]
    public double Alpha { get; init; } = 0.05;

    /// <summary>The measure of an answer: <c>decision</c> (label or tool name), <c>toolCall</c> (name and arguments), <c>tokenF1</c>, <c>rougeL</c> (overlap of
    /// words), <c>schema</c> (an answer that the agent may give, right or not), <c>http</c> (a service of one's
    /// own); or <c>judge</c>: models compare the two versions' answers.</summary>
    [AllowedValues("decision", "toolCall", "tokenF1", "rougeL", "schema", "http", "judge")]
    public string Evaluator { get; init; } = "decision";

    /// <summary>The judge models: they decide with <c>evaluator: judge</c>; with another one they may only stop a candidate. Null for none.</summary>
    public JudgeSettings? Judge { get; init; }

    /// <summary>The service of <c>evaluator: http</c>; null with another evaluator.</summary>
    public HttpEvaluatorSettings? Http { get; init; }

    /// <summary>Models that look for harmful content in a candidate's answers; null for none. Labels need none: they are the manifest's own words.</summary>
    public HarmSettings? Harm { get; init; }

    /// <summary>Mean latency of a candidate at most, in ms; null for no bound.</summary>
    [Range(0.0, 1e9, MinimumIsExclusive = true)]
    public double? MaxLatencyMs { get; init; }

    /// <summary>Mean cost of a candidate's answer at most, in USD; null for no bound.</summary>
    [Range(0, 1e9)]
    public decimal? MaxCostPerAnswer { get; init; }

    /// <summary>A set pinned by the administrator (<c>validation/{agent}/{name}.jsonl</c>) on which no candidate may be worse; null for none.</summary>
    [RegularExpression("[a-z0-9-]{1,63}")]
    public string? GoldenSet { get; init; }

    /// <summary>How much a candidate's accuracy on a slice may be proven to fall before it fails, [0,1].</summary>
    [Range(0.0, 1.0)]
    public double SliceTolerance { get; init; }
}
