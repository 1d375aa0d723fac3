namespace SelfImprove.Agents.Manifests;

/// <summary>How much the runtime may do by itself.</summary>
public enum ImprovementMode
{
    /// <summary>Watch only.</summary>
    Off,
    /// <summary>Plan and say what it would do; spend nothing.</summary>
    Advise,
    /// <summary>Everything runs; promotion asks a person.</summary>
    Approve,
    /// <summary>Everything runs.</summary>
    Auto,
}
