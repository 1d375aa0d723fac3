namespace SelfImprove.Evaluation;

/// <summary>How an evaluation ends.</summary>
public enum Verdict
{
    /// <summary>Every gate holds.</summary>
    Pass,
    /// <summary>A gate is broken.</summary>
    Fail,
    /// <summary>Too few items to tell.</summary>
    Inconclusive,
}
