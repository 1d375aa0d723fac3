namespace SelfImprove.Monitoring.Signals;

/// <summary>An interaction in the ring.</summary>
/// <param name="Time">When it was served.</param>
/// <param name="Failed">Whether it ended in an error.</param>
/// <param name="Confidence">The model's probability of its own answer; null where unknown.</param>
/// <param name="LatencyMs">How long it took; null where unknown.</param>
public readonly record struct RecentRequest(DateTimeOffset Time, bool Failed, double? Confidence, double? LatencyMs);
