namespace SelfImprove.Agents.Manifests;

/// <summary>What happens to an agent while a run is on.</summary>
public enum WhileImproving
{
    /// <summary>The old version serves until it is replaced.</summary>
    Clone,
    /// <summary>The agent is out of operation: 503 with Retry-After, or the fallback version.</summary>
    Pause,
}
