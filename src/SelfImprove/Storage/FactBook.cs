namespace SelfImprove.Storage;

/// <summary>
/// Facts that an orchestration waits for (an approval, an answer, a finished job, a cancellation), by run, gate and round. The first one recorded
/// stands. Whoever brings a fact records it here first and only then raises the event, which is a nudge to read it.
/// </summary>
/// <param name="store">Where they are kept.</param>
public sealed class FactBook(IObjectStore store)
{
    private readonly JsonDocuments _documents = new(store);

    /// <summary>Records a fact where there is none yet.</summary>
    /// <returns>Whether it was recorded now, and the fact that stands: this one, or the one that was there first.</returns>
    public async Task<RecordedFact<T>> RecordAsync<T>(string run, string gate, int round, T fact, CancellationToken cancellationToken = default)
        where T : class
    {
        var path = PathOf(run, gate, round);
        while (true)
        {
            var result = await _documents.WriteAsync(path, fact, WriteCondition.IfAbsent, cancellationToken).ConfigureAwait(false);
            if (result.Written) return new RecordedFact<T>(true, fact);
            var found = await _documents.ReadAsync<T>(path, cancellationToken).ConfigureAwait(false);
            if (found is not null) return new RecordedFact<T>(false, found.Value);
        }
    }

    /// <summary>The fact; null where none was recorded yet.</summary>
    public async Task<T?> ReadAsync<T>(string run, string gate, int round, CancellationToken cancellationToken = default) where T : class =>
        (await _documents.ReadAsync<T>(PathOf(run, gate, round), cancellationToken).ConfigureAwait(false))?.Value;

    private static string PathOf(string run, string gate, int round)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(round);
        return $"facts/{StoragePath.Segment(run, "a run")}/{StoragePath.Segment(gate, "a gate")}-{round}.json";
    }
}

/// <summary>The outcome of recording a fact.</summary>
/// <param name="Now">Whether it was recorded by this call.</param>
/// <param name="Fact">The fact that stands.</param>
public sealed record RecordedFact<T>(bool Now, T Fact);
