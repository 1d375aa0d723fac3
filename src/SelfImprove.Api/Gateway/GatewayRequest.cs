using SelfImprove.Models;

namespace SelfImprove.Api.Gateway;

/// <summary>What a caller of the gateway asks.</summary>
public sealed record GatewayRequest
{
    /// <summary>The agent: the body's <c>model</c>.</summary>
    public required string Agent { get; init; }

    /// <summary>The conversation.</summary>
    public required IReadOnlyList<ChatMessage> Messages { get; init; }

    /// <summary>The caller's tools; null for the agent's own.</summary>
    public IReadOnlyList<ToolDefinition>? Tools { get; init; }

    /// <summary>Whether the model may, must or must not call tools; null leaves it to the model.</summary>
    public ToolChoice? ToolChoice { get; init; }

    /// <summary>The form that the answer's text must have; null where any will do.</summary>
    public AnswerFormat? Format { get; init; }

    /// <summary>How freely the model writes, [0,2]; null leaves it to the model.</summary>
    public double? Temperature { get; init; }

    /// <summary>Asks for the same answer to the same question; null where that is not wanted.</summary>
    public long? Seed { get; init; }

    /// <summary>The longest answer, in tokens; null leaves it to the model.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>Whether the answer is wanted piece by piece.</summary>
    public bool Stream { get; init; }

    /// <summary>Of a stream: whether it ends with a chunk of token counts.</summary>
    public bool IncludeUsage { get; init; }

    /// <summary>The caller's key; null makes the interaction its own.</summary>
    public string? Key { get; init; }

    /// <summary>The interaction's id, where the caller chose it.</summary>
    public string? Id { get; init; }

    /// <summary>The task it belongs to.</summary>
    public string? Episode { get; init; }

    /// <summary>The group of agents that share the episode.</summary>
    public string? Group { get; init; }

    /// <summary>Tags: each is a slice.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>False keeps the interaction out of all training data.</summary>
    public bool? Trainable { get; init; }
}
