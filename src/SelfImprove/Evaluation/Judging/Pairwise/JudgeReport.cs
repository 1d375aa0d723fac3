namespace SelfImprove.Evaluation.Judging.Pairwise;

/// <summary>What the judges said, and how far they may be believed.</summary>
public sealed record JudgeReport
{
    /// <summary>The models, in the manifest's order.</summary>
    public required IReadOnlyList<string> Models { get; init; }

    /// <summary>Pairs with a verdict.</summary>
    public required int Judged { get; init; }

    /// <summary>Pairs without one: unusable answers, or the budget's end.</summary>
    public required int Unjudged { get; init; }

    /// <summary>Pairs whose candidate's answer is better.</summary>
    public required int CandidateBetter { get; init; }

    /// <summary>Pairs without a difference.</summary>
    public required int Ties { get; init; }

    /// <summary>Pairs whose champion's answer is better.</summary>
    public required int ChampionBetter { get; init; }

    /// <summary>The share of single judgements that followed the order of the answers rather than the answers, [0,1].</summary>
    public required double TurnedShare { get; init; }

    /// <summary>Items that people have labelled too.</summary>
    public required int PeopleItems { get; init; }

    /// <summary>Cohen's kappa of the verdicts with people; null where it can't be computed.</summary>
    public double? Kappa { get; init; }

    /// <summary>Lower end of its 95% interval.</summary>
    public double? KappaLow { get; init; }

    /// <summary>Upper end.</summary>
    public double? KappaHigh { get; init; }

    /// <summary>Kappa of each judge alone with people; null where it can't be computed.</summary>
    public required IReadOnlyList<double?> KappaByJudge { get; init; }

    /// <summary>Of a panel: Krippendorff's alpha among the judges (nominal); null for one judge, or where it can't be computed.</summary>
    public double? PanelAlpha { get; init; }

    /// <summary>What the lower end has to reach.</summary>
    public required double LeastKappa { get; init; }

    /// <summary>Whether the judges may decide.</summary>
    public required bool MayDecide { get; init; }

    /// <summary>Why, or why not, for a person.</summary>
    public required string Words { get; init; }
}
