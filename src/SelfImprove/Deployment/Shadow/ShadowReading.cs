namespace SelfImprove.Deployment.Shadow;

/// <summary>What a look at a shadow stage says.</summary>
public enum ShadowDecision
{
    /// <summary>Neither harm nor enough requests yet.</summary>
    KeepWaiting,
    /// <summary>The challenger is proven to do harm.</summary>
    Withdraw,
    /// <summary>Enough requests without proof of harm: the A/B test may begin. Nothing is said of its being better.</summary>
    Pass,
}

/// <summary>A look at a shadow stage: the numbers, and what they mean.</summary>
/// <param name="Decision">What to do.</param>
/// <param name="Reason">Why, with the numbers.</param>
/// <param name="Pairs">Requests that both versions answered.</param>
/// <param name="Wanted">How many are enough.</param>
/// <param name="Scorer">Who compared the answers.</param>
/// <param name="Scored">How many it compared.</param>
/// <param name="Better">Of these, with the challenger's answer better.</param>
/// <param name="Worse">Of these, with the champion's better.</param>
/// <param name="Difference">The estimated difference by the scorer, challenger minus champion, [-1,1].</param>
/// <param name="Low">Lower end of its confidence sequence; -1 while there are too few.</param>
/// <param name="High">Upper end; 1 while there are too few.</param>
/// <param name="ChampionErrors">The champion's failed requests.</param>
/// <param name="ChallengerErrors">The challenger's.</param>
/// <param name="ChampionInvalid">The champion's answers that the agent may not give.</param>
/// <param name="ChallengerInvalid">The challenger's.</param>
/// <param name="CostUsd">What the challenger's answers and their comparison cost so far.</param>
/// <param name="Caveat">What limits the reading; null for nothing.</param>
public sealed record ShadowReading(
    ShadowDecision Decision, string Reason, int Pairs, int Wanted, string Scorer, int Scored, int Better, int Worse, double Difference, double Low, double High,
    int ChampionErrors, int ChallengerErrors, int ChampionInvalid, int ChallengerInvalid, decimal CostUsd, string? Caveat = null);
