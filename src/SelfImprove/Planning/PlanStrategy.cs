namespace SelfImprove.Planning;

/// <summary>Where a plan's training signal comes from.</summary>
public enum PlanStrategy
{
    /// <summary>Demonstrations already given as feedback; free.</summary>
    Corrections,
    /// <summary>A model, panel or cascade labels real inputs (corrections are used as well).</summary>
    Teacher,
    /// <summary>People label real inputs (corrections are used as well).</summary>
    People,
}
