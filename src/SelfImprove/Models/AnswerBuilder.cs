using System.Text;

namespace SelfImprove.Models;

/// <summary>Puts the pieces of a streamed answer together again. Not thread-safe.</summary>
public sealed class AnswerBuilder
{
    private readonly SortedDictionary<int, Call> _calls = [];
    private StringBuilder? _text;
    private StringBuilder? _refusal;
    private AnswerEnd? _end;

    /// <summary>Whether the last piece was there.</summary>
    public bool IsComplete => _end is not null;

    /// <summary>Adds the next piece.</summary>
    public AnswerBuilder Add(AnswerPiece piece)
    {
        if (piece.Text is not null) (_text ??= new StringBuilder()).Append(piece.Text);
        if (piece.Refusal is not null) (_refusal ??= new StringBuilder()).Append(piece.Refusal);
        foreach (var part in piece.ToolCalls ?? [])
        {
            if (!_calls.TryGetValue(part.Index, out var call)) _calls[part.Index] = call = new Call();
            call.Id ??= part.Id;
            call.Name ??= part.Name;
            call.Arguments.Append(part.Arguments);
        }
        _end = piece.End ?? _end;
        return this;
    }

    /// <summary>The answer as far as it is there; where the end is missing, with finish <see cref="FinishReason.Length"/> and no usage.</summary>
    public ModelAnswer Build() => new()
    {
        Output = new AgentOutput(
            _text?.ToString(),
            _calls.Count == 0 ? null : [.. _calls.Values.Select(c => new ToolCall(c.Name ?? "", c.Arguments.Length == 0 ? "{}" : c.Arguments.ToString(), c.Id))]),
        Refusal = _refusal?.ToString(),
        Finish = _end?.Finish ?? FinishReason.Length,
        Confidence = _end?.Confidence,
        Margin = _end?.Margin,
        InputTokens = _end?.InputTokens ?? 0,
        OutputTokens = _end?.OutputTokens ?? 0,
        CostUsd = _end?.CostUsd ?? 0,
    };

    private sealed class Call
    {
        public string? Id { get; set; }

        public string? Name { get; set; }

        public StringBuilder Arguments { get; } = new();
    }
}
