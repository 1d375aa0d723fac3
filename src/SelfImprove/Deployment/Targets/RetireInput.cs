namespace SelfImprove.Deployment.Targets;

/// <summary>The input of <c>RetireVersion</c>.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Version">The version.</param>
/// <param name="At">When its deployment goes, unless traffic is sent to it then.</param>
/// <param name="Reason">Why, for the audit.</param>
public sealed record RetireInput(string Agent, string Version, DateTimeOffset At, string Reason)
{
    /// <summary>Sleeps until the time, of a history that goes on; null for callers.</summary>
    public bool? IsScheduled { get; init; }
}

/// <summary>What became of a retirement.</summary>
public enum Retirement
{
    /// <summary>The runtime had nothing deployed, or it is gone.</summary>
    Removed,
    /// <summary>It is kept: traffic is sent to it, or somebody is about to.</summary>
    Kept,
    /// <summary>The target could not remove it in a week; the janitor tries again.</summary>
    Stuck,
}
