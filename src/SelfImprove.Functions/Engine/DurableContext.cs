using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using SelfImprove.Orchestration;
using SeamRetry = SelfImprove.Orchestration.RetryPolicy;

namespace SelfImprove.Functions.Engine;

/// <summary>The seam over Durable Functions. Like the orchestrators themselves it awaits only what the SDK's context gives.</summary>
/// <param name="context">The SDK's context.</param>
/// <param name="call">The instance's input.</param>
/// <param name="registry">What there is to call.</param>
internal sealed class DurableContext(TaskOrchestrationContext context, OrchestratorCall call, OrchestrationRegistry registry) : OrchestrationContext
{
    /// <summary>What a call fails with whose child's id is taken.</summary>
    public const string InstanceIdTaken = "InstanceIdTaken";

    private readonly EventDesk _events = new(context, call.Unread);
    private readonly List<Task> _starts = [];
    private int _nextChild;
    private int _nextGuid;
    private string? _restart;

    /// <inheritdoc/>
    public override string InstanceId => call.InstanceId;

    /// <inheritdoc/>
    public override DateTimeOffset Now => new(DateTime.SpecifyKind(context.CurrentUtcDateTime, DateTimeKind.Utc));

    /// <inheritdoc/>
    public override bool IsReplaying => context.IsReplaying;

    /// <inheritdoc/>
    public override ILogger Logger { get; } = context.CreateReplaySafeLogger("SelfImprove.Orchestration");

    /// <summary>Not the SDK's: that one depends on instance and time alone, and repeats itself where an instance continues as new at once.</summary>
    public override Guid NewGuid()
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{InstanceId}\n{call.Execution}\n{_nextGuid++}"), hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80); // RFC 9562: version 8 (own scheme), variant 10
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }

    /// <summary>
    /// To be called when the code has ended, whichever way: children that it does not wait for have to be started before its instance ends, and the
    /// look-up of their ids takes a turn of its own.
    /// </summary>
    public Task StartedAsync() => Task.WhenAll(_starts);

    /// <summary>To be called when the code has returned: only then does it continue as new. One that fails after it asked for that has failed.</summary>
    public void Finish()
    {
        if (_restart is { } input)
            context.ContinueAsNew(new OrchestratorCall(InstanceId, input, call.Execution + 1, _events.Close()), preserveUnprocessedEvents: true);
    }

    /// <inheritdoc/>
    protected override async Task<CallOutcome> ScheduleActivityAsync(ActivityCall activity)
    {
        if (!registry.Activities.ContainsKey(activity.Activity))
            return CallOutcome.Of(new Failure(
                "UnknownActivity", $"No activity named '{activity.Activity}' is registered. Add it to the host's OrchestrationRegistry.", false));
        try
        {
            return await context.CallActivityAsync<CallOutcome>(activity.Activity, activity);
        }
        catch (TaskFailedException failed)
        {
            // The activity's own failures come as data: this is its surroundings' (a host that stopped, a function's time-out), and may pass.
            return CallOutcome.Of(OrchestratorFailedException.Read(failed) with { IsTransient = true });
        }
    }

    /// <inheritdoc/>
    protected override async Task<CallOutcome> ScheduleChildAsync(ChildCall child)
    {
        _nextChild++;
        // Numbers restart with every execution, so later ones carry the execution too.
        var id = child.InstanceId ?? (call.Execution == 0 ? $"{InstanceId}/{_nextChild}" : $"{InstanceId}/{call.Execution}.{_nextChild}");
        var name = InstanceNames.Encode(id);
        if (!registry.Orchestrators.ContainsKey(child.Orchestrator))
            return CallOutcome.Of(new Failure(
                "UnknownOrchestrator", $"No orchestrator named '{child.Orchestrator}' is registered. Add it to the host's OrchestrationRegistry.", false));
        var started = new TaskCompletionSource();
        _starts.Add(started.Task);
        try
        {
            // Durable Functions would run an instance of that id again, or wait for ever for one that is not ours.
            if (await IsTakenAsync(name))
                return CallOutcome.Of(new Failure(
                    InstanceIdTaken, $"Child '{child.Orchestrator}' of '{InstanceId}' can't be started: there is an instance '{id}' already.", false));
            var options = new SubOrchestrationOptions(instanceId: name);
            var running = context.CallSubOrchestratorAsync<string>(child.Orchestrator, new OrchestratorCall(id, child.Input), options);
            started.SetResult();
            return CallOutcome.Of(await running);
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            return CallOutcome.Of(OrchestratorFailedException.Read(failed));
        }
        finally
        {
            started.TrySetResult();
        }
    }

    /// <inheritdoc/>
    protected override Task CreateTimerAsync(DateTimeOffset due, CancellationToken stop) =>
        stop.IsCancellationRequested ? Task.FromCanceled(stop) : context.CreateTimer(due.UtcDateTime, stop);

    /// <inheritdoc/>
    protected override Task<string> ReceiveEventAsync(string name, CancellationToken stop) => _events.ReadAsync(name, stop);

    /// <inheritdoc/>
    protected override void ShowStatus(string json) => context.SetCustomStatus(JsonSerializer.Deserialize<JsonElement>(json));

    /// <inheritdoc/>
    protected override void Restart(string input) => _restart = input;

    private async Task<bool> IsTakenAsync(string name)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await context.CallActivityAsync<bool>(InstanceFunctions.IsInstanceTaken, name);
            }
            catch (TaskFailedException) when (attempt < SeamRetry.Default.MaxAttempts)
            {
                await CreateTimerAsync(Now + SeamRetry.Default.DelayAfter(attempt), CancellationToken.None);
            }
        }
    }
}
