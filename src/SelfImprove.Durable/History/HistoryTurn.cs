namespace SelfImprove.Durable;

/// <summary>What one turn of an instance wrote: facts, each followed by what the code asked for in answer.</summary>
/// <param name="At">The time of the turn: what the code saw as now.</param>
/// <param name="Events">In order.</param>
public sealed record HistoryTurn(DateTimeOffset At, IReadOnlyList<HistoryEvent> Events);
