using System.ClientModel;
using System.Runtime.CompilerServices;
using OpenAI.Chat;
using SelfImprove.Models;

namespace SelfImprove.Azure.Models;

/// <summary>A model or deployment behind an endpoint.</summary>
internal sealed class EndpointModel(ChatClient client, string model, ModelEndpointSettings endpoint, ModelCall call) : IChatModel
{
    private readonly ModelPrice? _price = endpoint.PriceOf(model);

    public async Task<ModelAnswer> AnswerAsync(ModelRequest request, CancellationToken cancellationToken = default)
    {
        var messages = ChatQuestion.Messages(request);
        try
        {
            return await call.RunAsync(async attempt =>
            {
                var answer = await CompleteAsync(request, messages, attempt.Token);
                attempt.Alive(call.Limits.IdleTimeout);
                attempt.Dispose();
                return answer;
            }, cancellationToken);
        }
        catch (EndpointFailure refused)
        {
            return ChatAnswer.Refused(refused.Message);
        }
    }

    public async IAsyncEnumerable<AnswerPiece> StreamAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var messages = ChatQuestion.Messages(request);
        Started? started = null;
        string? refusal = null;
        try
        {
            started = await call.RunAsync(attempt => StartAsync(request, messages, attempt), cancellationToken);
        }
        catch (EndpointFailure refused)
        {
            refusal = refused.Message;
        }
        if (started is null)
        {
            foreach (var piece in AnswerStream.Pieces(ChatAnswer.Refused(refusal!))) yield return piece;
            yield break;
        }

        using (started.Attempt)
        {
            await using (started.Updates)
            {
                var reader = new ChatStreamReader(_price, endpoint.Name);
                // The first update is read already: until then the question could be asked anew. From here on nothing is asked twice: what was
                // given stays, and a break is reported.
                for (var more = true; more; more = await NextAsync(started, cancellationToken))
                    if (reader.Read(started.Updates.Current) is { } piece) yield return piece;
                if (!reader.IsComplete) throw call.Final(call.Failures.Half());
                yield return reader.End();
            }
        }
    }

    private async Task<ModelAnswer> CompleteAsync(ModelRequest request, List<OpenAI.Chat.ChatMessage> messages, CancellationToken cancellationToken)
    {
        var options = ChatQuestion.Options(request, endpoint.Confidence);
        try
        {
            return ChatAnswer.Of(await client.CompleteChatAsync(messages, options, cancellationToken), _price, endpoint.Name);
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            throw call.Failures.Garbage(e);
        }
    }

    private async Task<Started> StartAsync(ModelRequest request, List<OpenAI.Chat.ChatMessage> messages, Attempt attempt)
    {
        var updates = client.CompleteChatStreamingAsync(messages, ChatQuestion.Options(request, endpoint.Confidence), attempt.Token).GetAsyncEnumerator(attempt.Token);
        try
        {
            if (!await updates.MoveNextAsync()) throw call.Failures.Half();
            attempt.Alive(call.Limits.IdleTimeout);
            return new Started(attempt, updates);
        }
        catch (Exception e)
        {
            await updates.DisposeAsync();
            if (IsUnreadable(e)) throw call.Failures.Garbage(e);
            throw;
        }
    }

    private async Task<bool> NextAsync(Started started, CancellationToken cancellationToken)
    {
        try
        {
            if (!await started.Updates.MoveNextAsync()) return false;
            started.Attempt.Alive(call.Limits.IdleTimeout);
            return true;
        }
        catch (Exception e)
        {
            var failure = IsUnreadable(e)
                ? call.Failures.Garbage(e)
                : call.Failures.Read(e, started.Attempt.TimedOut && !cancellationToken.IsCancellationRequested, call.Limits.IdleTimeout);
            if (failure is null) throw;
            throw call.Final(failure);
        }
    }

    // What the SDK's reader throws at JSON that is none, or none of a chat completion.
    private static bool IsUnreadable(Exception e) =>
        e is System.Text.Json.JsonException or FormatException or KeyNotFoundException or ArgumentException or NullReferenceException or InvalidCastException
            or (InvalidOperationException and not ObjectDisposedException);

    private sealed record Started(Attempt Attempt, IAsyncEnumerator<StreamingChatCompletionUpdate> Updates);
}
