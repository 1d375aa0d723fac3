using System.Runtime.CompilerServices;

namespace SelfImprove.Models;

/// <summary>Goes from a whole answer to its pieces, and back.</summary>
public static class AnswerStream
{
    /// <summary>A whole answer as two pieces: everything that it says, and the end.</summary>
    public static IEnumerable<AnswerPiece> Pieces(ModelAnswer answer)
    {
        var output = answer.Output;
        var calls = output.ToolCalls is { Count: > 0 } made ? made.Select((c, i) => new ToolCallPiece(i, c.Id, c.Name, c.Arguments)).ToList() : null;
        if (output.Text is not null || calls is not null || answer.Refusal is not null)
            yield return new AnswerPiece { Text = output.Text, ToolCalls = calls, Refusal = answer.Refusal };
        yield return new AnswerPiece
        {
            End = new AnswerEnd(answer.Finish)
            {
                Confidence = answer.Confidence,
                Margin = answer.Margin,
                InputTokens = answer.InputTokens,
                OutputTokens = answer.OutputTokens,
                CostUsd = answer.CostUsd,
            },
        };
    }

    /// <summary>Asks a model that can't stream, and gives its whole answer as pieces.</summary>
    public static async IAsyncEnumerable<AnswerPiece> WholeAsync(
        IChatModel model, ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var piece in Pieces(await model.AnswerAsync(request, cancellationToken))) yield return piece;
    }
}
