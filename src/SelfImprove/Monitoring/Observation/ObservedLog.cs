using System.Runtime.CompilerServices;
using SelfImprove.Monitoring.Events;
using SelfImprove.Storage;

namespace SelfImprove.Monitoring.Observation;

/// <summary>
/// Reads an agent's log as interactions with the judgements that count. Reads the hours from the start of the window to now, for feedback
/// comes later than what it judges. Whoever looks again and again opens a window, which reads new bytes alone.
/// </summary>
/// <param name="store">Where the log is.</param>
/// <param name="manifests">Tells the goal's metric.</param>
public sealed class ObservedLog(IObjectStore store, ManifestLookup manifests)
{
    /// <summary>The interactions of a span of time, by time, then id.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="from">The first time.</param>
    /// <param name="until">The first time no more wanted.</param>
    /// <param name="feedbackUntil">Until when, inclusive, feedback on an interaction is looked at: later feedback is as if it had not come. Null: all
    /// there is.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="UnknownAgentException">There is no such agent.</exception>
    public async IAsyncEnumerable<ObservedInteraction> ReadAsync(
        string agent, DateTimeOffset from, DateTimeOffset until, Func<Interaction, DateTimeOffset>? feedbackUntil = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var window = Open(agent, from, until);
        await window.RefreshAsync(cancellationToken).ConfigureAwait(false);
        foreach (var observed in window.Observe(feedbackUntil)) yield return observed;
    }

    /// <summary>Opens a window that is refreshed at will; reads nothing yet.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="from">The first time.</param>
    /// <param name="until">The first time no more wanted; <see cref="DateTimeOffset.MaxValue"/> for an open end.</param>
    public ObservedWindow Open(string agent, DateTimeOffset from, DateTimeOffset until) => new(store, manifests, agent, from, until);
}
