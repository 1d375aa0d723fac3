using System.Text.Json.Serialization;

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

    /// <summary>What preference pairs would bring, as measured; null where nothing tells.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PreferenceEvidence? Preference { get; init; }

    /// <summary>How the verifier of self-play did on labelled inputs; null where there is none, or nothing to audit it by.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public VerifierAudit? SelfPlay { get; init; }

    /// <summary>Rows that the champion was trained on; null where it is unknown.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? ChampionRows { get; init; }

    /// <summary>How steeply this agent's error is believed to fall with rows (error as rows to the power of its negative); null where its past says nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Exponent { get; init; }

    /// <summary>Its standard deviation.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ExponentSd { get; init; }

    /// <summary>Realised over predicted gain so far: what predictions were multiplied by.</summary>
    public double Realism { get; init; } = 1;
}
