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
