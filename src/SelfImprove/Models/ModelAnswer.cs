namespace SelfImprove.Models;

/// <summary>A model's answer with what it cost.</summary>
public sealed record ModelAnswer
{
    private readonly FinishReason? _finish;

    /// <summary>What it answered.</summary>
    public required AgentOutput Output { get; init; }

    /// <summary>The probability that it gives its own answer, [0,1]; null where it can't tell.</summary>
    public double? Confidence { get; init; }

    /// <summary>The gap to its second choice, [0,1]; null where it can't tell.</summary>
    public double? Margin { get; init; }

    /// <summary>Tokens read; 0 where not counted.</summary>
    public int InputTokens { get; init; }

    /// <summary>Tokens written; 0 where not counted.</summary>
    public int OutputTokens { get; init; }

    /// <summary>What the call cost, in USD.</summary>
    public decimal CostUsd { get; init; }

    /// <summary>Why it declined to answer; null where it answered.</summary>
    public string? Refusal { get; init; }

    /// <summary>Why it stopped; unless set, what the rest of the answer tells.</summary>
    public FinishReason Finish
    {
        get => _finish ?? (Refusal is not null ? FinishReason.ContentFilter : Output.ToolCalls is { Count: > 0 } ? FinishReason.ToolCalls : FinishReason.Stop);
        init => _finish = value;
    }
}
