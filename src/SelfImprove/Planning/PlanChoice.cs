namespace SelfImprove.Planning;

/// <summary>The planner's choice with all it was chosen from. Kept as <c>plan-{round}.json</c>.</summary>
public sealed record PlanChoice
{
    /// <summary>What is wrong.</summary>
    public required Diagnosis Diagnosis { get; init; }

    /// <summary>The chosen candidate; null where nothing is worth doing.</summary>
    public CandidatePlan? Chosen { get; init; }

    /// <summary>What the planning model said; null where there is none.</summary>
    public Models.PlanAdvice? Advice { get; init; }

    /// <summary>Why nothing is done; null where something is.</summary>
    public string? Stop { get; init; }

    /// <summary>The candidates, best net first; at most 40 are kept.</summary>
    public required IReadOnlyList<CandidatePlan> Candidates { get; init; }

    /// <summary>The measured points that the predictions rest on.</summary>
    public IReadOnlyList<CurvePoint> Curve { get; init; } = [];

    /// <summary>Realised over predicted gain so far: what predictions were multiplied by.</summary>
    public double Realism { get; init; } = 1;
}
