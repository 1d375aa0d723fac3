using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Functions.Engine;
using SelfImprove.Loop;

namespace SelfImprove.Functions.Timers;

/// <summary>The timers. Each visits agents that something happened to, or whose schedule is due, and costs one listing of the store where there are none.</summary>
public static class TimerFunctions
{
    private const string EveryHalfMinute = "15,45 * * * * *";
    private const string EveryMinute = "0 * * * * *";
    private const string EveryMinuteLater = "30 * * * * *";
    private const string EveryTenMinutes = "5 */10 * * * *";

    /// <inheritdoc cref="AgentRounds.AggregateAsync"/>
    [Function(nameof(Aggregate))]
    public static Task Aggregate([TimerTrigger(EveryHalfMinute)] TimerInfo timer, FunctionContext function) =>
        function.InstanceServices.GetRequiredService<AgentRounds>().AggregateAsync(function.CancellationToken);

    /// <inheritdoc cref="AgentRounds.EvaluateAsync"/>
    [Function(nameof(EvaluateTriggers))]
    public static Task EvaluateTriggers([TimerTrigger(EveryMinute)] TimerInfo timer, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.Rounds(client).EvaluateAsync(function.CancellationToken);

    /// <inheritdoc cref="AgentRounds.ServeSchedulesAsync"/>
    [Function(nameof(ServeSchedules))]
    public static Task ServeSchedules([TimerTrigger(EveryMinuteLater)] TimerInfo timer, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.Rounds(client).ServeSchedulesAsync(function.CancellationToken);

    /// <inheritdoc cref="AgentRounds.TidyAsync"/>
    [Function(nameof(CleanUp))]
    public static Task CleanUp([TimerTrigger(EveryTenMinutes)] TimerInfo timer, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.Rounds(client).TidyAsync(function.CancellationToken);

    private static AgentRounds Rounds(this FunctionContext function, DurableTaskClient client)
    {
        function.InstanceServices.GetRequiredService<DurableOrchestrationClient>().Use(client);
        return function.InstanceServices.GetRequiredService<AgentRounds>();
    }
}
