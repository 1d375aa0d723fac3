using System.Text.Json;
using Microsoft.Extensions.Logging;
using SelfImprove.Orchestration;

namespace SelfImprove.Durable;

/// <summary>Runs turns: replays where the instance is not warm, then gives the code everything unread.</summary>
internal sealed class TurnRunner(OrchestrationRegistry registry, IServiceProvider services, SqliteStore store, ILogger logger)
{
    /// <summary>A restart without a wait takes no time; so many in a row are a loop that would never end.</summary>
    private const int MaxRestartsInATurn = 10_000;

    public TurnResult Run(Instance instance, DateTimeOffset now)
    {
        if (WarmUp(instance) is { } reason)
            return Park(instance, reason);
        var execution = instance.Warm!;
        var (number, restartInput, restarts) = (instance.Execution, (string?)null, 0);
        var facts = new Queue<HistoryEvent>(instance.Inbox.Count + 1);
        if (instance.Input is { } input)
            facts.Enqueue(new HistoryEvent(HistoryEventKind.Started) { Data = input });
        foreach (var item in instance.Inbox)
            facts.Enqueue(item.Fact);
        while (true)
        {
            execution.BeginTurn(now);
            while (!execution.HasReturned && facts.TryDequeue(out var fact))
                execution.Deliver(fact);
            if (execution.RestartInput is not { } next)
                break;
            if (++restarts > MaxRestartsInATurn)
                return EndlessRestart(instance, execution, number, next);
            (restartInput, number) = (next, number + 1);
            var later = facts.Where(fact => fact.Kind == HistoryEventKind.EventReceived);
            facts = new([new HistoryEvent(HistoryEventKind.Started) { Data = next }, .. execution.UnreadEvents, .. later]);
            instance.CustomStatus = execution.CustomStatus ?? instance.CustomStatus;
            execution.Dispose();
            instance.Warm = execution = Execution.TryCreate(registry, services, logger, instance.Id, instance.Orchestrator, number, out reason)!;
            if (execution is null)
                return Park(instance, reason!);
        }
        if (execution.FindDeadEnd() is { } deadEnd)
            return Park(instance, deadEnd);
        var events = execution.TakeRecorded();
        return new TurnResult
        {
            At = execution.Now,
            Events = events,
            CustomStatus = execution.CustomStatus ?? instance.CustomStatus,
            Execution = number,
            RestartInput = restartInput,
            End = execution.HasReturned ? new CallOutcome(events[^1].Data, events[^1].Failure) : null,
        };
    }

    private string? WarmUp(Instance instance)
    {
        if (instance.Warm is not null)
            return null;
        instance.Warm = Execution.TryCreate(registry, services, logger, instance.Id, instance.Orchestrator, instance.Execution, out var reason);
        if (instance.Warm is null || instance.Input is not null)
            return reason;
        try
        {
            var history = store.ReadHistory(instance.Key);
            instance.NextTurn = history.Count;
            return instance.Warm.Replay(history);
        }
        catch (JsonException e)
        {
            return $"The history of instance '{instance.Id}' cannot be read: {e.Message} It was written by another build, or the file is damaged; "
                + "terminate the instance if neither can be mended.";
        }
    }

    private TurnResult Park(Instance instance, string reason)
    {
        logger.InstanceParked(instance.Id, reason);
        return TurnResult.Park(reason);
    }

    private static TurnResult EndlessRestart(Instance instance, Execution execution, int number, string input)
    {
        var failure = new Failure("EndlessRestart", $"Instance '{instance.Id}' continued as new {MaxRestartsInATurn:N0} times without waiting for anything.", false);
        return new TurnResult { At = execution.Now, CustomStatus = instance.CustomStatus, Execution = number, RestartInput = input, End = CallOutcome.Of(failure) };
    }
}
