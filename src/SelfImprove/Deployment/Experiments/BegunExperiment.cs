namespace SelfImprove.Deployment.Experiments;

/// <summary>An experiment under way.</summary>
/// <param name="Id">Its id.</param>
/// <param name="StartedAt">When traffic was split.</param>
/// <param name="Deadline">When it ends without proof.</param>
/// <param name="LookEvery">How often it is looked at.</param>
public sealed record BegunExperiment(string Id, DateTimeOffset StartedAt, DateTimeOffset Deadline, TimeSpan LookEvery);
