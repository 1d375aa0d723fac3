using SelfImprove.Monitoring.Events;

namespace SelfImprove.DataGeneration;

/// <summary>Reads what was observed of an agent since a time, with the judgements that count now.</summary>
/// <param name="agent">The agent.</param>
/// <param name="since">Interactions served before are left out.</param>
/// <param name="cancellationToken">Cancels.</param>
public delegate IAsyncEnumerable<ObservedInteraction> ReadObserved(string agent, DateTimeOffset since, CancellationToken cancellationToken);
