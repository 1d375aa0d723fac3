namespace SelfImprove.Deployment.Shadow;

/// <summary>Who compares the answers of a shadow stage.</summary>
public enum ShadowScorerKind
{
    /// <summary>Nobody: errors, form and latency alone.</summary>
    None,
    /// <summary>The manifest's judges, pair by pair in both orders.</summary>
    Judge,
    /// <summary>The critic's model, each answer by itself.</summary>
    Critic,
    /// <summary>A teacher, whose own answer both are held against.</summary>
    Teacher,
}

/// <summary>Who compares the answers of a shadow stage: decided when it begins.</summary>
/// <param name="Kind">Who.</param>
/// <param name="Teacher">Of a teacher: its name.</param>
/// <param name="Why">Why it is not whom the manifest names first; null where it is.</param>
public sealed record ShadowScorer(ShadowScorerKind Kind, string? Teacher = null, string? Why = null)
{
    /// <summary>For people.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string Words => Kind switch
    {
        ShadowScorerKind.Judge => "the judges",
        ShadowScorerKind.Critic => "the critic",
        ShadowScorerKind.Teacher => $"the teacher {Teacher}",
        _ => "nobody",
    };
}
