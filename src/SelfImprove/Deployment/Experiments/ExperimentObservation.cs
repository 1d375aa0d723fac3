namespace SelfImprove.Deployment.Experiments;

/// <summary>One mature request of an experiment: what the analysis sees of it.</summary>
/// <param name="Key">The caller's key: the unit of assignment and analysis.</param>
/// <param name="Challenger">Whether the challenger answered.</param>
/// <param name="Share">The challenger's probability when it was assigned, (0,1).</param>
/// <param name="Reward">The reward by feedback that came in time, [0,1]; null where there was none.</param>
/// <param name="Error">Whether the request failed.</param>
/// <param name="NoAnswer">Whether it was answered with nothing.</param>
/// <param name="LatencyMs">How long the answer took, in ms; null where not measured.</param>
public readonly record struct ExperimentObservation(
    string Key, bool Challenger, double Share, double? Reward, bool Error = false, bool NoAnswer = false, double? LatencyMs = null);
