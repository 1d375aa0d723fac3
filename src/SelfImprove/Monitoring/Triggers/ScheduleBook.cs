using System.Collections.Concurrent;
using System.Globalization;
using SelfImprove.Agents.Manifests;
using SelfImprove.Storage;

namespace SelfImprove.Monitoring.Triggers;

/// <summary>
/// When agents that rest are to be looked at again (<c>schedule/{minute}/{agent}</c>), in order of time: finding those that are due costs one listing,
/// however many wait.
/// </summary>
/// <param name="store">Where the entries are.</param>
public sealed class ScheduleBook(IObjectStore store)
{
    private const string Root = "schedule/";
    private const string Minute = "yyyyMMddHHmm";
    private readonly ConcurrentDictionary<string, string> _next = new(StringComparer.Ordinal);

    /// <summary>Enters the next time at which one of the manifest's schedules is due; nothing where it has none.</summary>
    public async Task PlanAsync(AgentManifest manifest, DateTimeOffset now, CancellationToken cancellationToken = default)
    {
        var due = manifest.Triggers.Where(t => t.Kind == TriggerKind.Schedule).Select(t => SchedulePolicy.NextDue(t, now)).Min();
        if (due is not { } next || (_next.TryGetValue(manifest.Agent, out var known) && known == PathOf(manifest.Agent, next))) return;
        await AddAsync(manifest.Agent, next, cancellationToken).ConfigureAwait(false);
        _next[manifest.Agent] = PathOf(manifest.Agent, next);
    }

    /// <summary>Enters a time at which to look at an agent.</summary>
    public Task AddAsync(string agent, DateTimeOffset due, CancellationToken cancellationToken = default) =>
        store.WriteAsync(PathOf(agent, due), "due"u8.ToArray(), WriteCondition.IfAbsent, cancellationToken);

    /// <summary>The entries that are due, earliest first.</summary>
    /// <param name="now">Now.</param>
    /// <param name="most">No more than these.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<ScheduleEntry>> DueAsync(DateTimeOffset now, int most, CancellationToken cancellationToken = default)
    {
        var due = new List<ScheduleEntry>();
        await foreach (var entry in store.ListAsync(Root, cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            if (entry.Path[Root.Length..].Split('/') is not [var minute, var agent]
                || !DateTimeOffset.TryParseExact(minute, Minute, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)) continue;
            if (at > now || due.Count == most) break;
            due.Add(new ScheduleEntry(agent, at, entry.Path));
        }
        return due;
    }

    /// <summary>Removes an entry: to be called once the agent was looked at.</summary>
    public Task RemoveAsync(ScheduleEntry entry, CancellationToken cancellationToken = default) => store.DeleteAsync(entry.Path, cancellationToken: cancellationToken);

    // Up to the next full minute: looked at before its time, nothing would be due.
    private static string PathOf(string agent, DateTimeOffset due) => string.Create(
        CultureInfo.InvariantCulture, $"{Root}{due.UtcDateTime.AddTicks(TimeSpan.TicksPerMinute - 1).ToString(Minute, CultureInfo.InvariantCulture)}/{StoragePath.Name(agent, "an agent")}");
}

/// <summary>A time at which to look at an agent.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Due">The time, in full minutes.</param>
/// <param name="Path">Where it is kept.</param>
public sealed record ScheduleEntry(string Agent, DateTimeOffset Due, string Path);
