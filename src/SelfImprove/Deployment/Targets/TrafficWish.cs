namespace SelfImprove.Deployment.Targets;

/// <summary>What an endpoint's own traffic is to be, for those who call it without the gateway. The router does not depend on it.</summary>
/// <param name="Serves">Whether the version gets all of it (then no other does).</param>
/// <param name="MirrorPercent">The share of traffic that is copied to it for a shadow test, 0 to 50; ignored where it serves.</param>
public sealed record TrafficWish(bool Serves, int MirrorPercent = 0)
{
    /// <summary>The most that an endpoint mirrors.</summary>
    public const int MaxMirrorPercent = 50;
}
