namespace SelfImprove.Monitoring.Events;

/// <summary>What a source of feedback is.</summary>
public enum SourceKind
{
    /// <summary>A person.</summary>
    Human,
    /// <summary>An agent of the environment.</summary>
    Agent,
    /// <summary>The runtime's own critic.</summary>
    Critic,
    /// <summary>Code: a downstream system that knows the outcome.</summary>
    Code,
}
