namespace SelfImprove.Statistics.Drift;

/// <summary>What a detector says after an observation.</summary>
public enum DriftLevel
{
    /// <summary>Nothing unusual, or too few observations.</summary>
    None,

    /// <summary>Unusual, not yet proof (of those here, only DDM and EDDM warn).</summary>
    Warning,

    /// <summary>The law of the observations has changed.</summary>
    Drift,
}
