using OpenAI.Chat;
using SelfImprove.Models;

namespace SelfImprove.Azure.Models;

/// <summary>Reads the SDK's answers.</summary>
internal static class ChatAnswer
{
    /// <summary>A whole answer.</summary>
    public static ModelAnswer Of(ChatCompletion completion, ModelPrice? price, string endpoint)
    {
        var text = string.Concat(completion.Content.Where(p => p.Kind == ChatMessageContentPartKind.Text).Select(p => p.Text));
        var calls = completion.ToolCalls.Select(c => new ToolCall(c.FunctionName, Arguments(c.FunctionArguments), c.Id)).ToList();
        var finish = Reason(completion.FinishReason, calls.Count > 0);
        var refusal = completion.Refusal ?? completion.Content.FirstOrDefault(p => p.Kind == ChatMessageContentPartKind.Refusal)?.Refusal;
        var end = End(finish, completion.Usage, price, Confidence(completion.ContentTokenLogProbabilities));
        return new ModelAnswer
        {
            Output = new AgentOutput(calls.Count > 0 && text.Length == 0 ? null : text, calls.Count > 0 ? calls : null),
            Refusal = refusal is { Length: > 0 } ? refusal : finish == FinishReason.ContentFilter ? Stopped(endpoint) : null,
            Finish = refusal is { Length: > 0 } ? FinishReason.ContentFilter : finish,
            Confidence = calls.Count > 0 ? null : end.Confidence,
            InputTokens = end.InputTokens,
            OutputTokens = end.OutputTokens,
            CostUsd = end.CostUsd,
        };
    }

    /// <summary>The answer of a content filter that refused the question.</summary>
    public static ModelAnswer Refused(string why) => new() { Output = new AgentOutput(""), Refusal = why, Finish = FinishReason.ContentFilter };

    /// <summary>Why there is no more, where a content filter stopped the model.</summary>
    public static string Stopped(string endpoint) => $"The content filter of the endpoint '{endpoint}' stopped the answer.";

    /// <summary>The end with usage and cost.</summary>
    public static AnswerEnd End(FinishReason finish, ChatTokenUsage? usage, ModelPrice? price, double? confidence) => new(finish)
    {
        Confidence = confidence,
        InputTokens = usage?.InputTokenCount ?? 0,
        OutputTokens = usage?.OutputTokenCount ?? 0,
        CostUsd = usage is null || price is null ? 0 : price.CostOf(usage.InputTokenCount, usage.InputTokenDetails?.CachedTokenCount ?? 0, usage.OutputTokenCount),
    };

    /// <summary>Why the model stopped. Some servers say "stop" though there are tool calls.</summary>
    public static FinishReason Reason(ChatFinishReason reason, bool calls) => reason switch
    {
        ChatFinishReason.Length => FinishReason.Length,
        ChatFinishReason.ContentFilter => FinishReason.ContentFilter,
        ChatFinishReason.ToolCalls or ChatFinishReason.FunctionCall => FinishReason.ToolCalls,
        _ => calls ? FinishReason.ToolCalls : FinishReason.Stop,
    };

    /// <summary>The probability of a text: the product of its tokens'. Null where it is not known.</summary>
    public static double? Confidence(IReadOnlyList<ChatTokenLogProbabilityDetails>? tokens) =>
        tokens is { Count: > 0 } ? Probability(tokens.Sum(t => (double)t.LogProbability)) : null;

    /// <summary>A probability from its logarithm.</summary>
    public static double Probability(double logarithm) => Math.Clamp(Math.Exp(logarithm), 0, 1);

    private static string Arguments(BinaryData? arguments) => arguments?.ToString() is { Length: > 0 } text ? text : "{}";
}
