namespace SelfImprove.Monitoring.Aggregation;

/// <summary>The latest value that a source gave on a metric. Of two at the same time the one with the greater mark counts, so that order of arrival decides nothing.</summary>
/// <param name="Source">Who: <c>kind:id</c>.</param>
/// <param name="Metric">On what.</param>
/// <param name="Ticks">When, UTC ticks.</param>
/// <param name="Mark">A hash of the feedback's id.</param>
/// <param name="Value">The value.</param>
internal readonly record struct Judgement(string Source, string Metric, long Ticks, ulong Mark, double Value)
{
    public bool IsLaterThan(in Judgement other) => Ticks != other.Ticks ? Ticks > other.Ticks : Mark > other.Mark;
}
