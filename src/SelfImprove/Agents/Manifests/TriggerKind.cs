namespace SelfImprove.Agents.Manifests;

/// <summary>The policies that may start an improvement.</summary>
public enum TriggerKind
{
    /// <summary>At fixed times.</summary>
    Schedule,
    /// <summary>Declining reward over the last N tasks.</summary>
    Trend,
    /// <summary>The goal is missed with confidence.</summary>
    Threshold,
    /// <summary>The expected gain is well over the full cost.</summary>
    Return,
    /// <summary>Somebody asked: the critic, the planner, a person, an agent of the environment.</summary>
    Request,
}
