namespace SelfImprove.Evaluation.Judging;

/// <summary>What a gate says.</summary>
public enum GateOutcome
{
    /// <summary>It is broken: the candidate fails.</summary>
    Broken,

    /// <summary>Too little is known.</summary>
    Open,

    /// <summary>Nothing is wrong as far as tested; for a guardrail that is no proof of safety.</summary>
    Holds,
}
