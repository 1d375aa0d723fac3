using SelfImprove.Agents.Manifests;
using SelfImprove.Loop;
using SelfImprove.Monitoring.Aggregation;
using SelfImprove.Monitoring.Triggers;
using SelfImprove.Orchestration;

namespace SelfImprove.Local.Hosting;

/// <summary>
/// Looks at agents. Their logs are folded at the host's <see cref="WatchPace"/>; the triggers are asked at once where somebody asked for an improvement or a run has ended, otherwise
/// ten seconds after new events at the latest, and once a minute in any case: every decision is recorded, so there must not be too many of them.
/// </summary>
internal sealed class AgentWatchService(
    ManifestStore manifests, AgentWatch watch, Aggregator aggregator, RequestBook requests, RunRegister register, IOrchestrationClient client, Janitor janitor,
    WatchPace pace, HostActivity activity, TimeProvider clock,
    ILogger<AgentWatchService> logger) : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Busy = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(1);
    private readonly Dictionary<string, (long Generation, int Waiting, long At)> _looked = new(StringComparer.Ordinal);
    private readonly HashSet<string> _failing = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await WatchAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host ends, or could not start at all.
        }
    }

    private async Task WatchAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Tick, clock);
        var (tidied, looked, seen) = (clock.GetTimestamp(), clock.GetTimestamp(), 0L);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var changes = activity.Changes;
            if (!pace.IsDue(clock.GetElapsedTime(looked), changes != seen)) continue;
            (looked, seen) = (clock.GetTimestamp(), changes);
            await TryAsync("", async () =>
            {
                foreach (var agent in await manifests.ListAgentsAsync(stoppingToken)) await TryAsync(agent, () => LookAsync(agent, stoppingToken));
            });
            if (clock.GetElapsedTime(tidied) < Idle) continue;
            tidied = clock.GetTimestamp();
            await TryAsync("", () => janitor.TidyAsync(stoppingToken));
        }
    }

    private async Task LookAsync(string agent, CancellationToken stop)
    {
        var generation = (await aggregator.FoldAsync(agent, stop)).Generation;
        var waiting = (await requests.WaitingAsync(agent, stop)).Count;
        if (_looked.TryGetValue(agent, out var last))
        {
            var since = clock.GetElapsedTime(last.At);
            var due = since >= Idle || (generation != last.Generation && since >= Busy);
            if (!due && waiting <= last.Waiting && !await HasEndedAsync(agent, stop)) return;
        }
        await watch.LookAsync(agent, stop);
        // What a guard holds back still waits: it is no news.
        _looked[agent] = (generation, (await requests.WaitingAsync(agent, stop)).Count, clock.GetTimestamp());
    }

    private async Task<bool> HasEndedAsync(string agent, CancellationToken stop) =>
        await register.ActiveAsync(agent, stop) is { } run && await client.GetAsync(run, stop) is { HasEnded: true };

    // One agent's trouble must not keep the others from being looked at; it is told once, not every second.
    private async Task TryAsync(string agent, Func<Task> look)
    {
        try
        {
            await look();
            _failing.Remove(agent);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            if (_failing.Add(agent)) logger.LookFailed(agent, e);
        }
    }
}
