namespace SelfImprove.Deployment;

/// <summary>How a rollout ends.</summary>
public enum RolloutOutcome
{
    /// <summary>The challenger is the champion now.</summary>
    Promoted,
    /// <summary>The challenger did harm, or broke a guardrail, and was withdrawn.</summary>
    RolledBack,
    /// <summary>There was no proof within the deadline; it was withdrawn.</summary>
    Expired,
    /// <summary>The split was broken (sample ratio), the test says nothing; it was withdrawn.</summary>
    Voided,
    /// <summary>The run was cancelled; it was withdrawn.</summary>
    Cancelled,
    /// <summary>The challenger could not be deployed: it never got traffic.</summary>
    NotDeployed,
    /// <summary>The challenger did harm in the shadow and was withdrawn before any caller saw its answers.</summary>
    WithdrawnInShadow,
}
