using SelfImprove.Runs;
using SelfImprove.Storage;

namespace SelfImprove.Monitoring.Triggers;

/// <summary>Allocates run ids and remembers which run is to be started, is under way, and ended when.</summary>
/// <param name="store">Where it is kept.</param>
/// <param name="clock">Dates the end of runs.</param>
public sealed class RunRegister(IObjectStore store, TimeProvider clock)
{
    private readonly JsonDocuments _documents = new(store);

    /// <summary>The run under way, from its allocation to its end; null where there is none.</summary>
    public async Task<string?> ActiveAsync(string agent, CancellationToken cancellationToken = default) => (await ReadAsync(agent, cancellationToken)).Active;

    /// <summary>Why a run was allocated; null for an unknown run.</summary>
    public async Task<RunStart?> StartOfAsync(string agent, string run, CancellationToken cancellationToken = default) =>
        StoragePath.IsName(agent) && StoragePath.IsSegment(run) ? (await _documents.ReadAsync<RunStart>(CausePath(agent, run), cancellationToken))?.Value : null;

    /// <summary>To be called once the run's orchestration exists: until then every evaluation gives the run again. Repeating it changes nothing.</summary>
    public Task ConfirmStartedAsync(string agent, string run, CancellationToken cancellationToken = default) =>
        UpdateAsync(agent, state => state.Pending?.Start.Run == run ? state with { Pending = null } : state, cancellationToken);

    /// <summary>To be called at a run's end, however it ended (and by a janitor that finds it ended): the cool-down begins. Repeating it changes nothing.</summary>
    public Task EndAsync(string agent, string run, CancellationToken cancellationToken = default)
    {
        var now = clock.GetUtcNow();
        return UpdateAsync(agent, state => state.Active == run ? state with { Active = null, Pending = null, LastEnded = now } : state, cancellationToken);
    }

    internal async Task<TriggerState> ReadAsync(string agent, CancellationToken cancellationToken) =>
        (await _documents.ReadAsync<TriggerState>(StatePath(agent), cancellationToken))?.Value ?? new TriggerState();

    internal async Task<TriggerState> UpdateAsync(string agent, Func<TriggerState, TriggerState> change, CancellationToken cancellationToken)
    {
        // Given back as it was found, an object is not written; a state that does not exist and would stay empty isn't either.
        var empty = new TriggerState();
        if (await _documents.ReadAsync<TriggerState>(StatePath(agent), cancellationToken) is null && ReferenceEquals(change(empty), empty)) return empty;
        return (await _documents.UpdateAsync<TriggerState>(StatePath(agent), found => change(found ?? new TriggerState()), cancellationToken)).Value;
    }

    internal Task WriteCauseAsync(string agent, RunStart start, CancellationToken cancellationToken) =>
        _documents.WriteAsync(CausePath(agent, start.Run), start, WriteCondition.IfAbsent, cancellationToken);

    private static string StatePath(string agent) => $"triggers/{StoragePath.Name(agent, "an agent")}.json";

    private static string CausePath(string agent, string run) => new RunRef(agent, run, 1, 1).Path("cause.json");
}
