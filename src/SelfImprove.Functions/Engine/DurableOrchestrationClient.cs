using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using SelfImprove.Orchestration;

namespace SelfImprove.Functions.Engine;

/// <summary>
/// The product's client over Durable Functions. The SDK gives its client to functions alone, as a binding: each that may need it hands it on by
/// <see cref="Use"/>. They are all alike, so the last one serves.
/// </summary>
/// <param name="registry">What can be started.</param>
public sealed class DurableOrchestrationClient(OrchestrationRegistry registry) : IOrchestrationClient
{
    private static readonly OrchestrationRuntimeStatus[] Ended =
        [OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated];

    // Whatever state an instance is in, its id is taken.
    private static readonly string[] Taken =
    [
        nameof(OrchestrationRuntimeStatus.Pending), nameof(OrchestrationRuntimeStatus.Running), nameof(OrchestrationRuntimeStatus.Suspended),
        nameof(OrchestrationRuntimeStatus.Completed), nameof(OrchestrationRuntimeStatus.Failed), nameof(OrchestrationRuntimeStatus.Terminated),
    ];

    private volatile DurableTaskClient? _client;

    private DurableTaskClient Client => _client ?? throw new InvalidOperationException(
        "No function has handed on its durable client yet: give the function a [DurableClient] parameter and pass it on.");

    /// <summary>Hands on a function's client.</summary>
    public void Use(DurableTaskClient client) => _client = client;

    /// <inheritdoc/>
    public async Task<bool> StartAsync<TIn, TOut>(
        OrchestratorRef<TIn, TOut> orchestrator, string instanceId, TIn input, CancellationToken cancellationToken = default)
    {
        var name = InstanceNames.Encode(instanceId);
        if (!registry.Orchestrators.ContainsKey(orchestrator.Name))
            throw new ArgumentException(
                $"No orchestrator named '{orchestrator.Name}' is registered. Add it to the host's OrchestrationRegistry.", nameof(orchestrator));
        var json = SeamPayload.Write(input, $"input of orchestrator '{orchestrator.Name}'");
        // A look first, for not every back end heeds the list of states; the list, for two may look at once.
        if (await Client.GetInstanceAsync(name, cancellationToken).ConfigureAwait(false) is not null) return false;
        try
        {
            var options = new StartOrchestrationOptions(name) { DedupeStatuses = Taken };
            var call = new OrchestratorCall(instanceId, json);
            await Client.ScheduleNewOrchestrationInstanceAsync(orchestrator.Name, call, options, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (global::DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public Task RaiseEventAsync<T>(string instanceId, string name, T payload, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var json = JsonSerializer.Deserialize<JsonElement>(SeamPayload.Write(payload, $"payload of event '{name}'"));
        return WhereAliveAsync(instanceId, instance => Client.RaiseEventAsync(instance, name, json, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<OrchestrationState?> GetAsync(string instanceId, CancellationToken cancellationToken = default)
    {
        var found = await Client.GetInstanceAsync(InstanceNames.Encode(instanceId), getInputsAndOutputs: true, cancellationToken).ConfigureAwait(false);
        return found is null ? null : StateOf(found);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<OrchestrationState> ListAsync(string idPrefix = "", [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var query = new OrchestrationQuery(InstanceIdPrefix: InstanceNames.Prefix(idPrefix), FetchInputsAndOutputs: true);
        var states = new List<OrchestrationState>();
        await foreach (var found in Client.GetAllInstancesAsync(query).WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            var state = StateOf(found);
            if (state.InstanceId.StartsWith(idPrefix, StringComparison.Ordinal)) states.Add(state);
        }
        foreach (var state in states.OrderBy(s => s.InstanceId, StringComparer.Ordinal)) yield return state;
    }

    /// <inheritdoc/>
    public async Task<OrchestrationState> WaitAsync(string instanceId, CancellationToken cancellationToken = default)
    {
        if (await GetAsync(instanceId, cancellationToken).ConfigureAwait(false) is not { } state)
            throw new KeyNotFoundException($"There is no orchestration instance '{instanceId}'. Start it first, or check the id; it may have been purged.");
        if (state.HasEnded) return state;
        var name = InstanceNames.Encode(instanceId);
        return StateOf(await Client.WaitForInstanceCompletionAsync(name, getInputsAndOutputs: true, cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public Task TerminateAsync(string instanceId, string reason, CancellationToken cancellationToken = default) => WhereAliveAsync(
        instanceId, instance => Client.TerminateInstanceAsync(instance, new TerminateInstanceOptions(reason, Recursive: true), cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public async Task<int> PurgeAsync(DateTimeOffset endedBefore, CancellationToken cancellationToken = default)
    {
        // One by one: the SDK purges by age of start, and a run may take weeks.
        var old = new List<string>();
        var query = new OrchestrationQuery(CreatedTo: endedBefore, Statuses: Ended);
        await foreach (var found in Client.GetAllInstancesAsync(query).WithCancellation(cancellationToken).ConfigureAwait(false))
            if (found.LastUpdatedAt < endedBefore) old.Add(found.InstanceId);
        var purged = 0;
        foreach (var name in old)
            purged += (await Client.PurgeInstanceAsync(name, cancellation: cancellationToken).ConfigureAwait(false)).PurgedInstanceCount;
        return purged;
    }

    /// <summary>Does something to an instance; nothing where it is unknown or has ended, also where it ends meanwhile.</summary>
    private async Task WhereAliveAsync(string instanceId, Func<string, Task> act, CancellationToken cancellationToken)
    {
        var name = InstanceNames.Encode(instanceId);
        if (!await IsAliveAsync(name, cancellationToken).ConfigureAwait(false)) return;
        try
        {
            await act(name).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            if (await IsAliveAsync(name, cancellationToken).ConfigureAwait(false)) throw;
        }
    }

    private async Task<bool> IsAliveAsync(string name, CancellationToken cancellationToken) =>
        await Client.GetInstanceAsync(name, cancellationToken).ConfigureAwait(false) is { } found && Array.IndexOf(Ended, found.RuntimeStatus) < 0;

    private static OrchestrationState StateOf(OrchestrationMetadata found)
    {
        var call = Read<OrchestratorCall>(found.ReadInputAs<OrchestratorCall>);
        var status = StatusOf(found.RuntimeStatus);
        return new OrchestrationState(
            call?.InstanceId ?? InstanceNames.Decode(found.InstanceId) ?? found.InstanceId, found.Name, status, found.CreatedAt, found.LastUpdatedAt, call?.Input,
            status == OrchestrationStatus.Completed ? Read<string>(found.ReadOutputAs<string>) : null,
            found.SerializedCustomStatus is "" or "null" ? null : found.SerializedCustomStatus, FailureOf(found, status));
    }

    private static Failure? FailureOf(OrchestrationMetadata found, OrchestrationStatus status) => status switch
    {
        OrchestrationStatus.Failed when found.FailureDetails is { } details => OrchestratorFailedException.Read(details),
        OrchestrationStatus.Failed => new Failure("Failed", found.SerializedOutput ?? "It failed without a reason.", false),
        OrchestrationStatus.Terminated => new Failure(
            nameof(OrchestrationStatus.Terminated), Read<string>(found.ReadOutputAs<string>) ?? found.SerializedOutput ?? "", false),
        OrchestrationStatus.Parked => new Failure("Suspended", "An operator suspended it; resume it to have it go on.", false),
        _ => null,
    };

    private static OrchestrationStatus StatusOf(OrchestrationRuntimeStatus status) => status switch
    {
        OrchestrationRuntimeStatus.Pending => OrchestrationStatus.Pending,
        OrchestrationRuntimeStatus.Completed => OrchestrationStatus.Completed,
        OrchestrationRuntimeStatus.Failed => OrchestrationStatus.Failed,
        OrchestrationRuntimeStatus.Terminated => OrchestrationStatus.Terminated,
        OrchestrationRuntimeStatus.Suspended => OrchestrationStatus.Parked,
        _ => OrchestrationStatus.Running,
    };

    // An instance that somebody started by other means has other payloads.
    private static T? Read<T>(Func<T?> read) where T : class
    {
        try
        {
            return read();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
