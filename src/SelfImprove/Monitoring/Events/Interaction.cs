using SelfImprove.Models;

namespace SelfImprove.Monitoring.Events;

/// <summary>One served request.</summary>
public sealed record Interaction
{
    /// <summary>Chosen by the client, or the gateway: 1 to 128 characters of <c>[A-Za-z0-9._:-]</c>, unique within the agent.</summary>
    public required string Id { get; init; }

    /// <summary>The agent that served it.</summary>
    public required string Agent { get; init; }

    /// <summary>When it was served.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The version that answered; null where the caller does not know it.</summary>
    public string? Version { get; init; }

    /// <summary>The caller's key (user, conversation): the unit of assignment and analysis; null makes the interaction its own.</summary>
    public string? Key { get; init; }

    /// <summary>The task it belongs to, where one spans several interactions.</summary>
    public string? Episode { get; init; }

    /// <summary>The group of agents that share the episode.</summary>
    public string? Group { get; init; }

    /// <summary>The messages.</summary>
    public required IReadOnlyList<ChatMessage> Input { get; init; }

    /// <summary>The answer; null where there was an error.</summary>
    public AgentOutput? Output { get; init; }

    /// <summary>What went wrong: a short stable code; null where nothing did.</summary>
    public string? Error { get; init; }

    /// <summary>The model's probability of its own answer, [0,1].</summary>
    public double? Confidence { get; init; }

    /// <summary>Tags: each is a slice. At most 16; names <c>[a-z0-9-]{1,63}</c>, values at most 64 characters.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>How long the answer took, in ms.</summary>
    public double? LatencyMs { get; init; }

    /// <summary>Of a streamed answer: how long its first piece took, in ms; <see cref="LatencyMs"/> is to its last.</summary>
    public double? FirstTokenMs { get; init; }

    /// <summary>Tokens read.</summary>
    public int? InputTokens { get; init; }

    /// <summary>Tokens written.</summary>
    public int? OutputTokens { get; init; }

    /// <summary>What it cost, in USD.</summary>
    public decimal? CostUsd { get; init; }

    /// <summary>How it was routed; null where the gateway did not route it.</summary>
    public RoutingStamp? Routing { get; init; }

    /// <summary>False keeps it out of all training data.</summary>
    public bool? Trainable { get; init; }
}
