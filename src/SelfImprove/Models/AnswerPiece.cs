namespace SelfImprove.Models;

/// <summary>
/// A piece of a streamed answer. Pieces come in order: any number with text, refusal text or tool calls, then exactly one last piece with
/// <see cref="End"/>. A stream that breaks off throws; it never ends without its last piece.
/// </summary>
public sealed record AnswerPiece
{
    /// <summary>Text to append; null where the piece has none.</summary>
    public string? Text { get; init; }

    /// <summary>Fragments of tool calls; null where the piece has none.</summary>
    public IReadOnlyList<ToolCallPiece>? ToolCalls { get; init; }

    /// <summary>Text to append to the reason for which the model declines; null where the piece has none.</summary>
    public string? Refusal { get; init; }

    /// <summary>Of the last piece: how the answer ended and what it cost; null before.</summary>
    public AnswerEnd? End { get; init; }
}

/// <summary>A fragment of a tool call: the fragments of one index, in order, make one call.</summary>
/// <param name="Index">Which of the answer's calls, from 0.</param>
/// <param name="Id">The call's id: in the call's first fragment, where one is known.</param>
/// <param name="Name">The tool's name: in the call's first fragment.</param>
/// <param name="Arguments">A fragment of the arguments' JSON text, to append; null where there is none.</param>
public sealed record ToolCallPiece(int Index, string? Id = null, string? Name = null, string? Arguments = null);

/// <summary>How a streamed answer ended.</summary>
/// <param name="Finish">Why the model stopped.</param>
public sealed record AnswerEnd(FinishReason Finish)
{
    /// <summary>The probability that the model gives its own answer, [0,1]; null where it can't tell.</summary>
    public double? Confidence { get; init; }

    /// <summary>The gap to its second choice, [0,1]; null where it can't tell.</summary>
    public double? Margin { get; init; }

    /// <summary>Tokens read; 0 where not counted.</summary>
    public int InputTokens { get; init; }

    /// <summary>Tokens written; 0 where not counted.</summary>
    public int OutputTokens { get; init; }

    /// <summary>What the call cost, in USD.</summary>
    public decimal CostUsd { get; init; }
}
