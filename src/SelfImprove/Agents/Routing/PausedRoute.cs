namespace SelfImprove.Agents.Routing;

/// <summary>An agent out of operation.</summary>
/// <param name="Run">The run that paused it.</param>
/// <param name="Fallback">The version that serves meanwhile; null to answer 503.</param>
/// <param name="Until">When it is expected back.</param>
public sealed record PausedRoute(string Run, string? Fallback, DateTimeOffset Until);
