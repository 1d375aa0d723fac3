namespace SelfImprove.Monitoring;

/// <summary>There is no agent of this name.</summary>
/// <param name="agent">The name.</param>
public sealed class UnknownAgentException(string agent) : Exception($"There is no agent '{agent}': it has no manifest.")
{
    /// <summary>The name.</summary>
    public string Agent { get; } = agent;
}
