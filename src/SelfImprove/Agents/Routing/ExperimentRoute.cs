namespace SelfImprove.Agents.Routing;

/// <summary>A challenger beside the champion.</summary>
/// <param name="Id">The experiment's id: part of every assignment's hash.</param>
/// <param name="Challenger">The version under test.</param>
/// <param name="Share">The share of keys that get it, (0,1); only ever grows within an experiment. 0 in the shadow stage.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="Stage">How far it has come.</param>
public sealed record ExperimentRoute(string Id, string Challenger, double Share, DateTimeOffset StartedAt, RolloutStage Stage = RolloutStage.Test);
