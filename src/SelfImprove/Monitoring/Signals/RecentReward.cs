namespace SelfImprove.Monitoring.Signals;

/// <summary>A judged interaction in the ring.</summary>
/// <param name="Time">When it was served.</param>
/// <param name="Reward">Its reward when first judged, [0,1].</param>
/// <param name="Decision">What the version decided.</param>
public readonly record struct RecentReward(DateTimeOffset Time, double Reward, string Decision);
