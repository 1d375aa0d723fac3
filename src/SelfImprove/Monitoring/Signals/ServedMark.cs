namespace SelfImprove.Monitoring.Signals;

/// <summary>How far a version's count of interactions had come.</summary>
/// <param name="Time">When the interaction was served.</param>
/// <param name="Interactions">How many there were with it.</param>
public readonly record struct ServedMark(DateTimeOffset Time, long Interactions);
