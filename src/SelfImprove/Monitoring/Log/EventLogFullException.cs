namespace SelfImprove.Monitoring.Log;

/// <summary>The log takes no more events now: the store is slower than the events come. Nothing was written; try again later.</summary>
/// <param name="agent">The agent whose queue is full.</param>
/// <param name="waiting">Bytes waiting.</param>
/// <param name="limit">Bytes that may wait.</param>
public sealed class EventLogFullException(string agent, long waiting, long limit)
    : Exception($"The event log of {agent} is full: {waiting} bytes wait for the store, the limit is {limit}. Nothing was written; send it again in a moment.");
