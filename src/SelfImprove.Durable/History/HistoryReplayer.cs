using Microsoft.Extensions.Logging.Abstractions;
using SelfImprove.Orchestration;

namespace SelfImprove.Durable;

/// <summary>Replays a recorded history against today's code, without side effects: the test that a released orchestrator is still the same.</summary>
public static class HistoryReplayer
{
    /// <summary>Replays.</summary>
    /// <param name="history">What was recorded.</param>
    /// <param name="registry">Where the orchestrator is listed.</param>
    /// <param name="services">What builds its class.</param>
    /// <returns>Null where the code asks for exactly what was recorded; otherwise the message that the instance would be parked with.</returns>
    public static string? Replay(DurableHistory history, OrchestrationRegistry registry, IServiceProvider services)
    {
        using var execution = Execution.TryCreate(registry, services, NullLogger.Instance, history.InstanceId, history.Orchestrator, history.Execution,
            out var reason);
        return execution is null ? reason : execution.Replay(history.Turns);
    }
}
