using SelfImprove.Orchestration;

namespace SelfImprove.Durable;

/// <summary>What a turn did.</summary>
internal sealed record TurnResult
{
    /// <summary>Why the instance is to be parked; then nothing else counts.</summary>
    public string? ParkedBecause { get; init; }

    public DateTimeOffset At { get; init; }

    /// <summary>Facts and requests, in order.</summary>
    public List<HistoryEvent> Events { get; init; } = [];

    public string? CustomStatus { get; init; }

    /// <summary>The number of the execution that <see cref="Events"/> belong to.</summary>
    public int Execution { get; init; }

    /// <summary>The input of that execution, where this turn continued as new: earlier history is to be dropped.</summary>
    public string? RestartInput { get; init; }

    /// <summary>How the instance ended; null where it goes on.</summary>
    public CallOutcome? End { get; init; }

    public static TurnResult Park(string reason) => new() { ParkedBecause = reason };
}
