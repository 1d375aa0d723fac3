using System.Runtime.CompilerServices;
using SelfImprove.Models;
using SelfImprove.Statistics.Randomness;

namespace SelfImprove.Telemetry;

/// <summary>A model whose every call is a span and is measured.</summary>
internal sealed class MeteredModel(IChatModel model, ModelIdentity identity) : IChatModel
{
    /// <summary>Whether anybody wants to know.</summary>
    public static bool IsWanted =>
        ProductTelemetry.IsTraced || ProductMetrics.Tokens.Enabled || ProductMetrics.CallDuration.Enabled || ProductMetrics.ModelCost.Enabled;

    public async Task<ModelAnswer> AnswerAsync(ModelRequest request, CancellationToken cancellationToken = default)
    {
        using var call = new ModelCallSpan(identity, request, isStream: false);
        try
        {
            var answer = await model.AnswerAsync(request, cancellationToken).ConfigureAwait(false);
            call.Ended(answer.Finish, answer.InputTokens, answer.OutputTokens, answer.CostUsd);
            return answer;
        }
        catch (Exception e)
        {
            call.Failed(e);
            throw;
        }
    }

    public async Task<IReadOnlyList<ModelAnswer>> SampleAsync(
        ModelRequest request, int times, SeededRandom random, CancellationToken cancellationToken = default)
    {
        using var call = new ModelCallSpan(identity, request, isStream: false);
        try
        {
            var answers = await model.SampleAsync(request, times, random, cancellationToken).ConfigureAwait(false);
            call.Ended(
                answers.Count == 0 ? FinishReason.ContentFilter : answers[^1].Finish, answers.Sum(a => a.InputTokens), answers.Sum(a => a.OutputTokens),
                answers.Sum(a => a.CostUsd));
            return answers;
        }
        catch (Exception e)
        {
            call.Failed(e);
            throw;
        }
    }

    public async IAsyncEnumerable<AnswerPiece> StreamAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var call = new ModelCallSpan(identity, request, isStream: true);
        var pieces = model.StreamAsync(request, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (pieces.ConfigureAwait(false))
        {
            while (true)
            {
                try
                {
                    if (!await pieces.MoveNextAsync().ConfigureAwait(false)) yield break;
                }
                catch (Exception e)
                {
                    call.Failed(e);
                    throw;
                }
                call.Piece();
                if (pieces.Current.End is { } end) call.Ended(end.Finish, end.InputTokens, end.OutputTokens, end.CostUsd);
                yield return pieces.Current;
            }
        }
    }
}
