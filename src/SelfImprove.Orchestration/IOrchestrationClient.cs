namespace SelfImprove.Orchestration;

/// <summary>Starts, nudges and looks at orchestrations, on whichever engine runs them.</summary>
public interface IOrchestrationClient
{
    /// <summary>Starts an instance. On an existing id, whatever its state, it changes nothing.</summary>
    /// <returns>True where this call started it.</returns>
    Task<bool> StartAsync<TIn, TOut>(OrchestratorRef<TIn, TOut> orchestrator, string instanceId, TIn input, CancellationToken cancellationToken = default);

    /// <summary>Nudges an instance; without effect on one that is unknown or has ended.</summary>
    Task RaiseEventAsync<T>(string instanceId, string name, T payload, CancellationToken cancellationToken = default);

    /// <summary>The state of an instance, or null where there is none.</summary>
    Task<OrchestrationState?> GetAsync(string instanceId, CancellationToken cancellationToken = default);

    /// <summary>The instances whose id starts with <paramref name="idPrefix"/>, by id.</summary>
    IAsyncEnumerable<OrchestrationState> ListAsync(string idPrefix = "", CancellationToken cancellationToken = default);

    /// <summary>Waits until an instance has ended, and gives its state.</summary>
    Task<OrchestrationState> WaitAsync(string instanceId, CancellationToken cancellationToken = default);

    /// <summary>Ends an instance and its children without running their code again.</summary>
    Task TerminateAsync(string instanceId, string reason, CancellationToken cancellationToken = default);

    /// <summary>Forgets ended instances older than <paramref name="endedBefore"/>; gives how many.</summary>
    Task<int> PurgeAsync(DateTimeOffset endedBefore, CancellationToken cancellationToken = default);
}
