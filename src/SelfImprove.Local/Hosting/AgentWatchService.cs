using System.Collections.Concurrent;
using SelfImprove.Agents.Manifests;
using SelfImprove.Loop;

namespace SelfImprove.Local.Hosting;

/// <summary>Looks at every agent now and then, and once a minute tidies up after runs that ended from outside.</summary>
internal sealed class AgentWatchService(ManifestStore manifests, AgentWatch watch, Janitor janitor, TimeProvider clock, ILogger<AgentWatchService> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Tidy = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, bool> _failing = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, clock);
        var tidied = clock.GetTimestamp();
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var agent in await AgentsAsync(stoppingToken)) await TryAsync(agent, () => watch.LookAsync(agent, stoppingToken));
            if (clock.GetElapsedTime(tidied) < Tidy) continue;
            tidied = clock.GetTimestamp();
            await TryAsync("", () => janitor.TidyAsync(stoppingToken));
        }
    }

    private async Task<IReadOnlyList<string>> AgentsAsync(CancellationToken stop)
    {
        IReadOnlyList<string> agents = [];
        await TryAsync("", async () => agents = await manifests.ListAgentsAsync(stop));
        return agents;
    }

    // One agent's trouble must not keep the others from being looked at; it is told once, not every second.
    private async Task TryAsync(string agent, Func<Task> look)
    {
        try
        {
            await look();
            _failing.TryRemove(agent, out _);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            if (_failing.TryAdd(agent, true)) logger.LookFailed(agent, e);
        }
    }
}
