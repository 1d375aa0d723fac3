namespace SelfImprove.Deployment;

/// <summary>The output of <c>Rollout</c>.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Reason">Why, with the numbers.</param>
/// <param name="ChampionRequests">Mature judged requests of the champion.</param>
/// <param name="ChallengerRequests">Mature judged requests of the challenger.</param>
/// <param name="Requests">All requests that took part, judged or not.</param>
/// <param name="Difference">Estimated difference in reward, challenger minus champion.</param>
/// <param name="Low">Lower end of its confidence sequence.</param>
/// <param name="High">Upper end.</param>
public sealed record RolloutOutput(
    RolloutOutcome Outcome, string Reason, int ChampionRequests, int ChallengerRequests, int Requests, double Difference, double Low, double High)
{
    /// <summary>Of a rollout that ended in the shadow stage: what was seen there, while the numbers of the A/B test say nothing. Null where there was a test.</summary>
    public Shadow.ShadowReading? Shadow { get; init; }
}
