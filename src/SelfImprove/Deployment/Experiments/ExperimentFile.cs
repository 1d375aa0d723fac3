using System.Text.Json;
using SelfImprove.Orchestration;
using SelfImprove.Storage;

namespace SelfImprove.Deployment.Experiments;

/// <summary>An experiment's state in the store, changed by compare-and-swap: of two looks at once, one folds and the other reads what it folded.</summary>
/// <param name="store">Where it is kept.</param>
public sealed class ExperimentFile(IObjectStore store)
{
    private const int Attempts = 20;

    /// <summary>The store path of a rollout's state.</summary>
    public static string PathOf(RolloutInput rollout) => rollout.Run.Path("experiment", "json");

    /// <summary>The state; null before the experiment began.</summary>
    public async Task<ExperimentState?> ReadAsync(RolloutInput rollout, CancellationToken cancellationToken) =>
        (await LoadAsync(PathOf(rollout), cancellationToken)).State;

    /// <summary>Creates the state where there is none; gives the one there is.</summary>
    public async Task<ExperimentState> CreateAsync(RolloutInput rollout, DateTimeOffset startedAt, CancellationToken cancellationToken)
    {
        var fresh = new ExperimentState { Experiment = rollout.Experiment, StartedAt = startedAt, FoldedUntil = startedAt };
        var bytes = JsonSerializer.SerializeToUtf8Bytes(fresh, SeamJson.Options);
        return (await store.WriteAsync(PathOf(rollout), bytes, WriteCondition.IfAbsent, cancellationToken)).Written
            ? fresh
            : await ReadAsync(rollout, cancellationToken) ?? throw new TransientException($"{PathOf(rollout)} vanished while it was read.");
    }

    /// <summary>Changes the state; tried again on the newer one where another change came first.</summary>
    /// <param name="rollout">The rollout.</param>
    /// <param name="change">Changes it in place; false where there is nothing to change.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The state as it is then; null where there is none.</returns>
    public async Task<ExperimentState?> ChangeAsync(RolloutInput rollout, Func<ExperimentState, Task<bool>> change, CancellationToken cancellationToken)
    {
        var path = PathOf(rollout);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var (state, etag) = await LoadAsync(path, cancellationToken);
            if (state is null || !await change(state)) return state;
            var bytes = JsonSerializer.SerializeToUtf8Bytes(state, SeamJson.Options);
            if ((await store.WriteAsync(path, bytes, WriteCondition.IfMatch(etag!), cancellationToken)).Written) return state;
        }
        throw new TransientException($"{path} is too busy: {Attempts} changes met another.");
    }

    /// <summary>Marks the end, once: the first outcome stays.</summary>
    public Task<ExperimentState?> EndAsync(RolloutInput rollout, string outcome, CancellationToken cancellationToken) =>
        ChangeAsync(rollout, state => Task.FromResult(state.Ended is null && (state.Ended = outcome) is not null), cancellationToken);

    /// <summary>Marks that the routing follows the end: a late repetition of a promotion then changes nothing, even after a person rolled it back.</summary>
    public Task<ExperimentState?> SettleAsync(RolloutInput rollout, CancellationToken cancellationToken) =>
        ChangeAsync(rollout, state => Task.FromResult(!state.Settled && (state.Settled = true)), cancellationToken);

    private async Task<(ExperimentState? State, string? ETag)> LoadAsync(string path, CancellationToken cancellationToken)
    {
        var stored = await store.ReadAsync(path, cancellationToken: cancellationToken);
        return stored is null ? (null, null) : (JsonSerializer.Deserialize<ExperimentState>(stored.Bytes.Span, SeamJson.Options), stored.ETag);
    }
}
