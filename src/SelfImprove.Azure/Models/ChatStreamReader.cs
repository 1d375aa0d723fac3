using OpenAI.Chat;
using SelfImprove.Models;

namespace SelfImprove.Azure.Models;

/// <summary>Turns the updates of one streamed answer into pieces.</summary>
internal sealed class ChatStreamReader(ModelPrice? price, string endpoint)
{
    private ChatFinishReason? _finish;
    private ChatTokenUsage? _usage;
    private double? _logarithm;
    private bool _calls;
    private bool _refused;

    /// <summary>Whether the model said why it stopped: a stream that ends before was cut.</summary>
    public bool IsComplete => _finish is not null;

    /// <summary>The piece in an update; null where it says nothing.</summary>
    public AnswerPiece? Read(StreamingChatCompletionUpdate update)
    {
        _finish = update.FinishReason ?? _finish;
        _usage = update.Usage ?? _usage;
        if (update.ContentTokenLogProbabilities is { Count: > 0 } tokens) _logarithm = (_logarithm ?? 0) + tokens.Sum(t => (double)t.LogProbability);
        var text = string.Concat(update.ContentUpdate.Where(p => p.Kind == ChatMessageContentPartKind.Text).Select(p => p.Text));
        var calls = update.ToolCallUpdates.Count == 0 ? null : update.ToolCallUpdates
            .Select(c => new ToolCallPiece(c.Index, c.ToolCallId, c.FunctionName, c.FunctionArgumentsUpdate?.ToString() is { Length: > 0 } part ? part : null))
            .ToList();
        _calls |= calls is not null;
        _refused |= update.RefusalUpdate is { Length: > 0 };
        return text.Length == 0 && calls is null && update.RefusalUpdate is not { Length: > 0 }
            ? null
            : new AnswerPiece { Text = text.Length > 0 ? text : null, ToolCalls = calls, Refusal = update.RefusalUpdate is { Length: > 0 } refusal ? refusal : null };
    }

    /// <summary>The last piece.</summary>
    public AnswerPiece End()
    {
        var finish = _refused ? SelfImprove.Models.FinishReason.ContentFilter : ChatAnswer.Reason(_finish!.Value, _calls);
        return new AnswerPiece
        {
            Refusal = !_refused && finish == SelfImprove.Models.FinishReason.ContentFilter ? ChatAnswer.Stopped(endpoint) : null,
            End = ChatAnswer.End(finish, _usage, price, _calls || _logarithm is null ? null : ChatAnswer.Probability(_logarithm.Value)),
        };
    }
}
