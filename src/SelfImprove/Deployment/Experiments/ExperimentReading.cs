namespace SelfImprove.Deployment.Experiments;

/// <summary>A look at an experiment: the numbers, and what they mean.</summary>
/// <param name="Decision">What to do.</param>
/// <param name="Reason">Why, with the numbers.</param>
/// <param name="Requests">Mature requests, judged or not.</param>
/// <param name="ChampionRequests">Judged ones of the champion.</param>
/// <param name="ChallengerRequests">Judged ones of the challenger.</param>
/// <param name="ChampionReward">The champion's mean reward, as observed.</param>
/// <param name="ChallengerReward">The challenger's mean reward, as observed.</param>
/// <param name="Difference">The estimated difference in reward, challenger minus champion.</param>
/// <param name="Low">Lower end of its confidence sequence; -1 while there are too few requests.</param>
/// <param name="High">Upper end; 1 while there are too few requests.</param>
/// <param name="Caveat">What limits the reading; null for nothing.</param>
public sealed record ExperimentReading(
    ExperimentDecision Decision, string Reason, int Requests, int ChampionRequests, int ChallengerRequests,
    double ChampionReward, double ChallengerReward, double Difference, double Low, double High, string? Caveat = null);
