namespace SelfImprove.Deployment.Shadow;

/// <summary>A shadow stage under way.</summary>
/// <param name="Id">The experiment's id.</param>
/// <param name="Deadline">When its time is over.</param>
/// <param name="LookEvery">How often it is looked at.</param>
public sealed record BegunShadow(string Id, DateTimeOffset Deadline, TimeSpan LookEvery);
