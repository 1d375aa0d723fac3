namespace SelfImprove.Agents.Versions;

/// <summary>Where a version's model comes from.</summary>
public enum VersionOrigin
{
    /// <summary>A run trained it.</summary>
    Run,

    /// <summary>It was trained on rows that a person brought.</summary>
    Rows,

    /// <summary>It was there already, and a person named it: what it was trained on is unknown.</summary>
    Reference,
}
