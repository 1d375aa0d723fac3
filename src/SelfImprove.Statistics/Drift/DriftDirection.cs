namespace SelfImprove.Statistics.Drift;

/// <summary>Which changes of the mean count.</summary>
public enum DriftDirection
{
    /// <summary>Rises and falls.</summary>
    Both,

    /// <summary>Rises alone.</summary>
    Up,

    /// <summary>Falls alone.</summary>
    Down,
}
