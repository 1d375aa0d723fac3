using SelfImprove.Monitoring.Events;

namespace SelfImprove.Evaluation;

/// <summary>Reads an agent's interactions served in [<paramref name="from"/>, <paramref name="until"/>), each once, with what is known of it now; in
/// any order.</summary>
/// <param name="agent">The agent.</param>
/// <param name="from">The earliest time, included.</param>
/// <param name="until">The latest time, excluded.</param>
/// <param name="feedbackUntil">Until when, inclusive, feedback on an interaction is looked at; null for all there is.</param>
/// <param name="cancellationToken">Cancels.</param>
public delegate IAsyncEnumerable<ObservedInteraction> TrafficReader(
    string agent, DateTimeOffset from, DateTimeOffset until, Func<Interaction, DateTimeOffset>? feedbackUntil = null, CancellationToken cancellationToken = default);
