using SelfImprove.Models;

namespace SelfImprove.Api.Gateway;

/// <summary>How a request to the gateway ended.</summary>
public enum GatewayOutcome
{
    /// <summary>A version answered.</summary>
    Answered,
    /// <summary>There is no such agent.</summary>
    UnknownAgent,
    /// <summary>The agent has no version yet.</summary>
    NoVersion,
    /// <summary>The agent is out of operation.</summary>
    Paused,
    /// <summary>No version could answer for now.</summary>
    Unavailable,
    /// <summary>No version could answer.</summary>
    Failed,
}

/// <summary>What became of a request to the gateway.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Id">The interaction's id.</param>
public readonly record struct GatewayAnswer(GatewayOutcome Outcome, string Id)
{
    /// <summary>The version that answered; null where none did.</summary>
    public string? Version { get; init; }

    /// <summary>The experiment that the request took part in; null for none.</summary>
    public string? Experiment { get; init; }

    /// <summary>The answer; null where there is none.</summary>
    public ModelAnswer? Model { get; init; }

    /// <summary>When it came.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>Of a paused agent: when it is expected back.</summary>
    public DateTimeOffset? PausedUntil { get; init; }
}
