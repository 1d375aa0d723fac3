using Microsoft.Extensions.Logging;
using SelfImprove.Agents.Manifests;
using SelfImprove.Monitoring;
using SelfImprove.Monitoring.Aggregation;
using SelfImprove.Monitoring.Triggers;

namespace SelfImprove.Loop;

/// <summary>
/// What a host's timers do. Each round visits marked agents alone (<see cref="DirtyAgents"/>), or those whose schedule is due, so that a round over any
/// number of agents at rest costs one listing of the store. One agent's trouble keeps no other from being visited. Every round may be repeated, and may run on
/// several hosts at once.
/// </summary>
/// <param name="dirty">The marked agents.</param>
/// <param name="schedules">When agents at rest are to be looked at.</param>
/// <param name="manifests">Tell schedules.</param>
/// <param name="aggregator">Folds logs.</param>
/// <param name="watch">Looks at agents.</param>
/// <param name="janitor">Cleans up after runs that were ended from outside.</param>
/// <param name="clock">Tells what is due.</param>
/// <param name="logger">Gets what failed.</param>
public sealed class AgentRounds(
    DirtyAgents dirty, ScheduleBook schedules, ManifestStore manifests, Aggregator aggregator, AgentWatch watch, Janitor janitor, TimeProvider clock,
    ILogger<AgentRounds> logger)
{
    /// <summary>The most schedules that one round serves; the rest comes with the next.</summary>
    public const int MostSchedules = 500;

    /// <summary>How soon an agent is looked at again whose improvement a guard holds back, where nothing else happens to it: 1 hour.</summary>
    public static readonly TimeSpan HeldAgain = TimeSpan.FromHours(1);

    private const int AtOnce = 8;

    /// <summary>Folds the logs of marked agents into their signals.</summary>
    public async Task AggregateAsync(CancellationToken cancellationToken = default) =>
        await EachAsync(await dirty.ListAsync(cancellationToken), a => a, async (agent, stop) =>
        {
            if (await manifests.GetAsync(agent, stop) is not null) await aggregator.FoldAsync(agent, stop);
        }, cancellationToken);

    /// <summary>Asks the triggers of marked agents, and starts the runs that they call for. An agent at which nothing goes on any more loses its mark.</summary>
    public async Task EvaluateAsync(CancellationToken cancellationToken = default) =>
        await EachAsync(await dirty.ListAsync(cancellationToken), a => a, async (agent, stop) =>
        {
            if (await dirty.ReadAsync(agent, stop) is not { } mark) return;
            var outcome = await LookAsync(agent, stop);
            if (!await janitor.IsFreeAsync(agent, stop)) return;
            // A cool-down or a spent budget may last for weeks: until then one look an hour is enough.
            if (outcome == TriggerOutcome.Held && mark.At <= clock.GetUtcNow() - DirtyAgents.Rest) await schedules.AddAsync(agent, clock.GetUtcNow() + HeldAgain, stop);
            await dirty.TryRestAsync(mark, stop);
        }, cancellationToken);

    /// <summary>Looks at the agents one of whose schedules is due.</summary>
    public async Task ServeSchedulesAsync(CancellationToken cancellationToken = default) =>
        await EachAsync(await schedules.DueAsync(clock.GetUtcNow(), MostSchedules, cancellationToken), e => e.Agent, async (entry, stop) =>
        {
            // Marked first: the run that may start is followed by the other rounds.
            await dirty.MarkAsync(entry.Agent, stop);
            await LookAsync(entry.Agent, stop);
            await schedules.RemoveAsync(entry, stop);
        }, cancellationToken);

    /// <summary>Cleans up after runs of marked agents, and of whatever they deployed; an agent keeps its mark while a run has a hand on it.</summary>
    public async Task TidyAsync(CancellationToken cancellationToken = default)
    {
        await EachAsync(await dirty.ListAsync(cancellationToken), a => a, (agent, stop) => janitor.TidyAsync(agent, stop), cancellationToken);
        // Two more listings: what was deployed costs by the hour, whoever made it and however long the agent has been at rest.
        await janitor.TidyEndpointsAsync(cancellationToken);
    }

    private async Task<TriggerOutcome?> LookAsync(string agent, CancellationToken cancellationToken)
    {
        if (await manifests.GetAsync(agent, cancellationToken) is { } revision) await schedules.PlanAsync(revision.Manifest, clock.GetUtcNow(), cancellationToken);
        return (await watch.LookAsync(agent, cancellationToken))?.Outcome;
    }

    private async Task EachAsync<T>(IReadOnlyList<T> all, Func<T, string> agentOf, Func<T, CancellationToken, Task> visit, CancellationToken cancellationToken)
    {
        if (all.Count == 0) return;
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(all, options, async (one, stop) =>
        {
            try
            {
                await visit(one, stop);
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                logger.VisitFailed(agentOf(one), e);
            }
        });
    }
}
