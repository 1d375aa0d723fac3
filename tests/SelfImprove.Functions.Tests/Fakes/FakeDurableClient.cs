using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace SelfImprove.Functions.Tests.Fakes;

/// <summary>The SDK's client over the fake hub.</summary>
internal sealed class FakeDurableClient(FakeDurableHub hub) : DurableTaskClient("fake")
{
    /// <summary>Whether the back end heeds <see cref="StartOrchestrationOptions.DedupeStatuses"/>: not every one does.</summary>
    public bool Dedupes { get; set; } = true;

    /// <summary>Run before a start takes effect: another caller that comes first.</summary>
    public Action<string>? BeforeStart { get; set; }

    public override Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default)
    {
        var id = options?.InstanceId ?? Guid.NewGuid().ToString("n");
        BeforeStart?.Invoke(id);
        if (Dedupes && hub.Find(id) is { } known && options?.DedupeStatuses?.Contains(known.Status.ToString()) == true)
            throw new global::DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException();
        hub.Start(orchestratorName.Name, id, JsonSerializer.Serialize(input));
        return Task.FromResult(id);
    }

    public override Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default)
    {
        if (hub.Find(instanceId) is null) throw new InvalidOperationException($"No instance '{instanceId}'.");
        hub.Raise(instanceId, eventName, JsonSerializer.Serialize(eventPayload));
        return Task.CompletedTask;
    }

    public override Task TerminateInstanceAsync(string instanceId, TerminateInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        if (hub.Find(instanceId) is not { HasEnded: false }) throw new InvalidOperationException($"No instance '{instanceId}' is at work.");
        hub.Terminate(instanceId, JsonSerializer.Serialize(options?.Output), options?.Recursive ?? false);
        return Task.CompletedTask;
    }

    public override Task<OrchestrationMetadata?> GetInstanceAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        Task.FromResult(hub.Find(instanceId)?.ToMetadata(getInputsAndOutputs));

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null)
    {
        filter ??= new OrchestrationQuery();
        // In an order that nobody may rely on.
        return new Pages([.. hub.Instances.Reverse()
            .Where(i => filter.InstanceIdPrefix is not { } prefix || i.Id.StartsWith(prefix, StringComparison.Ordinal))
            .Where(i => filter.Statuses is not { } statuses || statuses.Contains(i.Status))
            .Where(i => filter.CreatedTo is not { } to || i.Created <= to.UtcDateTime)
            .Select(i => i.ToMetadata(filter.FetchInputsAndOutputs))]);
    }

    public override Task<PurgeResult> PurgeInstanceAsync(string instanceId, PurgeInstanceOptions? options = null, CancellationToken cancellation = default) =>
        Task.FromResult(new PurgeResult(hub.Purge(instanceId) ? 1 : 0));

    public override async Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
    {
        await hub.RunUntilIdleAsync();
        return hub.Find(instanceId) is { HasEnded: true } ended ? ended.ToMetadata(getInputsAndOutputs) : throw new InvalidOperationException($"'{instanceId}' does not end by itself.");
    }

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default)
    {
        hub.Find(instanceId)!.Status = OrchestrationRuntimeStatus.Suspended;
        return Task.CompletedTask;
    }

    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default)
    {
        hub.Find(instanceId)!.Status = OrchestrationRuntimeStatus.Running;
        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync() => default;

    private sealed class Pages(List<OrchestrationMetadata> all) : AsyncPageable<OrchestrationMetadata>
    {
        public override IAsyncEnumerable<Page<OrchestrationMetadata>> AsPages(string? continuationToken = default, int? pageSizeHint = default) => throw new NotSupportedException();

        public override async IAsyncEnumerator<OrchestrationMetadata> GetAsyncEnumerator(CancellationToken cancellationToken = default)
        {
            foreach (var one in all)
            {
                await Task.Yield();
                yield return one;
            }
        }
    }
}
