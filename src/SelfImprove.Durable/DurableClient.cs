using System.Runtime.CompilerServices;
using SelfImprove.Orchestration;

namespace SelfImprove.Durable;

/// <summary>The embedded engine's client. A call returns when what it did is on stable storage.</summary>
internal sealed class DurableClient(DurableEngine engine) : IOrchestrationClient
{
    private const int PurgeBatch = 200;

    public Task<bool> StartAsync<TIn, TOut>(OrchestratorRef<TIn, TOut> orchestrator, string instanceId, TIn input, CancellationToken cancellationToken = default)
    {
        InstanceIds.Check(instanceId);
        engine.RefuseUnknown(orchestrator.Name);
        var json = SeamPayload.Write(input, $"input of orchestrator '{orchestrator.Name}'");
        return engine.SubmitAsync(state => state.Start(orchestrator.Name, instanceId, json, null), cancellationToken);
    }

    public Task RaiseEventAsync<T>(string instanceId, string name, T payload, CancellationToken cancellationToken = default)
    {
        InstanceIds.Check(instanceId);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var received = new HistoryEvent(HistoryEventKind.EventReceived) { Name = name, Data = SeamPayload.Write(payload, $"payload of event '{name}'") };
        return engine.SubmitAsync(state => state.Raise(instanceId, received), cancellationToken);
    }

    public Task<OrchestrationState?> GetAsync(string instanceId, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(engine.Reader.Get(instanceId));
    }

    public async IAsyncEnumerable<OrchestrationState> ListAsync(string idPrefix = "", [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string? after = null;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = engine.Reader.List(idPrefix, after);
            if (page.Count == 0)
                yield break;
            foreach (var state in page)
                yield return state;
            after = page[^1].InstanceId;
            await Task.Yield();
        }
    }

    public async Task<OrchestrationState> WaitAsync(string instanceId, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var ended = engine.Waiters.Register(instanceId); // before looking: an end in between is not missed
            try
            {
                var state = engine.Reader.Get(instanceId)
                    ?? throw new KeyNotFoundException($"There is no orchestration instance '{instanceId}'. Start it first, or check the id; it may have been purged.");
                if (state.HasEnded)
                    return state;
                await ended.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                engine.Waiters.Forget(instanceId, ended);
            }
        }
    }

    public Task TerminateAsync(string instanceId, string reason, CancellationToken cancellationToken = default)
    {
        InstanceIds.Check(instanceId);
        return engine.SubmitAsync(state => state.Terminate(instanceId, reason), cancellationToken);
    }

    public async Task<int> PurgeAsync(DateTimeOffset endedBefore, CancellationToken cancellationToken = default)
    {
        // In batches, so that a large purge does not hold back everything else.
        var total = 0;
        int batch;
        do
        {
            batch = await engine.SubmitAsync(state => state.Purge(endedBefore, PurgeBatch), cancellationToken).ConfigureAwait(false);
            total += batch;
        }
        while (batch == PurgeBatch);
        return total;
    }
}
