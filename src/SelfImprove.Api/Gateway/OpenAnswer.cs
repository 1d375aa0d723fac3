using SelfImprove.Models;

namespace SelfImprove.Api.Gateway;

/// <summary>A model's stream, begun: its first piece is here. Until then another version may still answer; from then on it may not.</summary>
internal sealed class OpenAnswer : IAsyncDisposable
{
    private readonly IAsyncEnumerator<AnswerPiece> _pieces;

    private OpenAnswer(IAsyncEnumerator<AnswerPiece> pieces) => _pieces = pieces;

    /// <summary>The piece at hand.</summary>
    public AnswerPiece Current => _pieces.Current;

    public static async ValueTask<OpenAnswer> BeginAsync(IChatModel model, ModelRequest question, CancellationToken cancellationToken)
    {
        var open = new OpenAnswer(model.StreamAsync(question, cancellationToken).GetAsyncEnumerator(cancellationToken));
        try
        {
            await open.NextAsync();
            return open;
        }
        catch
        {
            await open.DisposeAsync();
            throw;
        }
    }

    /// <summary>Goes to the next piece; not after the last.</summary>
    /// <exception cref="InvalidDataException">The stream ended without its last piece.</exception>
    public async ValueTask NextAsync()
    {
        if (!await _pieces.MoveNextAsync()) throw new InvalidDataException("The model's stream ended before the answer was complete.");
    }

    public ValueTask DisposeAsync() => _pieces.DisposeAsync();
}
