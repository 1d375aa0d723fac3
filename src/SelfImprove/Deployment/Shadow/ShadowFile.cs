using SelfImprove.Storage;
using System.Text.Json;
using SelfImprove.Orchestration;

namespace SelfImprove.Deployment.Shadow;

/// <summary>A shadow stage's state in the store, changed by compare-and-swap.</summary>
/// <param name="store">Where it is kept.</param>
public sealed class ShadowFile(IObjectStore store)
{
    /// <summary>How a stage ends that lets the A/B test begin.</summary>
    public const string Passed = "Passed";

    private const int Attempts = 20;

    /// <summary>The store path of a rollout's state.</summary>
    public static string PathOf(RolloutInput rollout) => rollout.Run.Path("shadow", "json");

    /// <summary>The state; null before the stage began.</summary>
    public async Task<ShadowState?> ReadAsync(RolloutInput rollout, CancellationToken cancellationToken) => (await LoadAsync(PathOf(rollout), cancellationToken)).State;

    /// <summary>Creates the state where there is none; gives the one there is.</summary>
    public async Task<ShadowState> CreateAsync(RolloutInput rollout, ShadowState fresh, CancellationToken cancellationToken) =>
        (await store.WriteAsync(PathOf(rollout), JsonSerializer.SerializeToUtf8Bytes(fresh, SeamJson.Options), WriteCondition.IfAbsent, cancellationToken)).Written
            ? fresh
            : await ReadAsync(rollout, cancellationToken) ?? throw new TransientException($"{PathOf(rollout)} vanished while it was read.");

    /// <summary>Changes the state; tried again on the newer one where another change came first.</summary>
    /// <param name="rollout">The rollout.</param>
    /// <param name="change">Changes it in place; false where there is nothing to change.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The state as it is then; null where there is none.</returns>
    public async Task<ShadowState?> ChangeAsync(RolloutInput rollout, Func<ShadowState, bool> change, CancellationToken cancellationToken)
    {
        var path = PathOf(rollout);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var (state, etag) = await LoadAsync(path, cancellationToken);
            if (state is null || !change(state)) return state;
            if ((await store.WriteAsync(path, JsonSerializer.SerializeToUtf8Bytes(state, SeamJson.Options), WriteCondition.IfMatch(etag!), cancellationToken)).Written)
                return state;
        }
        throw new TransientException($"{path} is too busy: {Attempts} changes met another.");
    }

    /// <summary>Marks the end, once: the first outcome stays.</summary>
    public Task<ShadowState?> EndAsync(RolloutInput rollout, string outcome, CancellationToken cancellationToken) =>
        ChangeAsync(rollout, state => state.Ended is null && (state.Ended = outcome) is not null, cancellationToken);

    private async Task<(ShadowState? State, string? ETag)> LoadAsync(string path, CancellationToken cancellationToken)
    {
        var stored = await store.ReadAsync(path, cancellationToken: cancellationToken);
        return stored is null ? (null, null) : (JsonSerializer.Deserialize<ShadowState>(stored.Bytes.Span, SeamJson.Options), stored.ETag);
    }
}
