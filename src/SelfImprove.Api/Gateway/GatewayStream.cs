using System.Runtime.CompilerServices;
using SelfImprove.Models;

namespace SelfImprove.Api.Gateway;

/// <summary>
/// An answer that comes piece by piece. Whoever asked for it reads <see cref="PiecesAsync"/> once, and closes it: that records the interaction, complete,
/// broken off by the model, or left by the caller, with what the caller had taken until then.
/// </summary>
public sealed class GatewayStream : IAsyncDisposable
{
    private readonly OpenAnswer? _answer;
    private readonly Action<GatewayStream>? _record;
    private readonly AnswerBuilder _taken = new();
    private bool _closed;

    internal GatewayStream(GatewayAnswer answer) => Answer = answer;

    internal GatewayStream(GatewayAnswer answer, OpenAnswer open, Action<GatewayStream> record) => (Answer, _answer, _record) = (answer, open, record);

    /// <summary>How it began: who answers, or why nobody does. <see cref="GatewayAnswer.Model"/> is always null.</summary>
    public GatewayAnswer Answer { get; }

    /// <summary>Why the model broke off; null where it did not, so far.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Whether the whole answer was taken.</summary>
    public bool IsComplete => _taken.IsComplete;

    /// <summary>What was taken so far.</summary>
    internal ModelAnswer Taken => _taken.Build();

    /// <summary>
    /// The pieces, the last one with its end. Where the model breaks off they just end: then <see cref="Failure"/> says why. A piece counts as taken when the
    /// next one is asked for.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public async IAsyncEnumerable<AnswerPiece> PiecesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (_answer is null) yield break;
        while (true)
        {
            var piece = _answer.Current;
            if (piece.End is not null)
            {
                // It has been paid for, whether or not its last words arrive.
                _taken.Add(piece);
                yield return piece;
                yield break;
            }
            yield return piece;
            _taken.Add(piece);
            try
            {
                await _answer.NextAsync();
            }
            catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                Failure = failure;
                yield break;
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_closed || _answer is null) return;
        _closed = true;
        try
        {
            await _answer.DisposeAsync();
        }
        finally
        {
            _record?.Invoke(this);
        }
    }
}
