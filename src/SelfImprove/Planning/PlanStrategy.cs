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
    /// <summary>Pairs of better and worse answers from feedback, corrections among them, beside the rows that there are.</summary>
    Preference,
    /// <summary>The student proposes, a verifier picks (corrections are used as well).</summary>
    SelfPlay,
    /// <summary>What is known goes into the prompt as examples; nothing is trained.</summary>
    FewShot,
}
