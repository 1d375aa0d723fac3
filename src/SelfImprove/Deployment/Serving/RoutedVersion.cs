using SelfImprove.Monitoring.Events;

namespace SelfImprove.Deployment.Serving;

/// <summary>Where one request goes.</summary>
/// <param name="Version">The version that answers; null where the agent is out of operation without a fallback (answer 503).</param>
/// <param name="Stamp">What the interaction's record carries, so that the analysis is unbiased.</param>
/// <param name="PausedUntil">While the agent is out of operation: when it is expected back (<c>Retry-After</c>); null in normal operation.</param>
public sealed record RoutedVersion(string? Version, RoutingStamp Stamp, DateTimeOffset? PausedUntil);
