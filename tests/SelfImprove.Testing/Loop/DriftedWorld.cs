using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Agents.Versions;
using SelfImprove.Audit;
using SelfImprove.Models;
using SelfImprove.Monitoring.Aggregation;
using SelfImprove.Monitoring.Triggers;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Storage;

namespace SelfImprove.Testing.Loop;

/// <summary>A world whose traffic has drifted away from its agent, with no run yet: made once, forked for every story.</summary>
public sealed class DriftedWorld
{
    /// <summary>The run that a story's first request starts.</summary>
    public const string Run = "desk-0001";

    private readonly Lazy<Task<ImprovementWorld>> _origin = new(CreateAsync);

    /// <summary>A fork with its own manifest, in which a person has asked for an improvement.</summary>
    public async Task<ImprovementWorld> ForkAsync(
        Func<AgentManifest, AgentManifest>? change = null, Action<IServiceCollection>? configure = null, [System.Runtime.CompilerServices.CallerMemberName] string name = "")
    {
        var world = await (await _origin.Value).ForkAsync(name, configure);
        if (change is not null) await world.ChangeManifestAsync(change);
        await world.RequestAsync();
        return world;
    }

    private static async Task<ImprovementWorld> CreateAsync()
    {
        // No policy but request, no waiting: a story starts its run itself, and the run begins at once.
        var world = await ImprovementWorld.OpenAsync(
            m => m with
            {
                Triggers = [new TriggerSettings { Kind = TriggerKind.Request }],
                Planning = m.Planning with { MaxWait = 0 },
                Evaluation = m.Evaluation with { Items = 60, MaxItems = 80, ValidationShare = 0.25 },
            },
            alwaysReplay: false);
        await world.ServeAsync(320, world.AnyClass);
        await world.Get<Aggregator>().FoldAsync(ImprovementWorld.Agent);
        return world;
    }
}

/// <summary>What stories do and look at.</summary>
public static class Stories
{
    /// <summary>Serves and looks until the run has ended.</summary>
    public static async Task<ImprovementOutcome> EndAsync(this ImprovementWorld world, string run = DriftedWorld.Run, int requests = 2_000)
    {
        for (var served = 0; ; served += 40)
        {
            await world.LookAsync();
            var state = await world.RunStateAsync(run);
            if (state is { Status: OrchestrationStatus.Completed }) return state.OutputAs<ImprovementOutcome>()!;
            if (state is { HasEnded: true }) throw new InvalidOperationException($"{run} ended as {state.Status}: {state.Failure?.Message}");
            if (served >= requests) throw new InvalidOperationException($"{run} did not end within {requests} requests: {state}");
            await world.ServeAsync(40, world.AnyClass);
        }
    }

    /// <summary>Lets time pass without traffic, and the engine work.</summary>
    public static async Task PassAsync(this ImprovementWorld world, TimeSpan span, bool answerInbox = false)
    {
        world.Clock.Advance(span);
        await world.LookAsync(answerInbox);
    }

    public static async Task<RoutingTable> RoutingAsync(this ImprovementWorld world) => (await world.Get<RoutingStore>().GetAsync(ImprovementWorld.Agent))!;

    public static Task<IReadOnlyList<SpendEntry>> SpendAsync(this ImprovementWorld world) => world.Get<SpendBook>().EntriesAsync(ImprovementWorld.Agent);

    public static async Task<List<AuditEntry>> AuditAsync(this ImprovementWorld world) => await world.Get<AuditLog>().ReadAsync(ImprovementWorld.Agent).ToListAsync();

    public static async Task<T?> ReadAsync<T>(this ImprovementWorld world, string file, string run = DriftedWorld.Run) where T : class =>
        (await world.Get<JsonDocuments>().ReadAsync<T>($"runs/{ImprovementWorld.Agent}/{run}/{file}"))?.Value;

    /// <summary>The largest message in the engine's histories of a run and its parts: what it is, its size in UTF-8, and how many histories there are.</summary>
    public static async Task<(string What, int Bytes, int Instances)> LargestMessageAsync(this ImprovementWorld world, string run = DriftedWorld.Run)
    {
        var (largest, bytes, instances) = ("", 0, 0);
        await foreach (var state in world.Get<IOrchestrationClient>().ListAsync(run))
        {
            instances++;
            var history = (await world.Engine.ExportHistoryAsync(state.InstanceId))!;
            foreach (var one in history.Turns.SelectMany(t => t.Events))
                if (one.Data is { } data && System.Text.Encoding.UTF8.GetByteCount(data) is var size && size > bytes) (largest, bytes) = ($"{state.InstanceId}: {one.Kind} {one.Name}", size);
        }
        return (largest, bytes, instances);
    }

    /// <summary>What must be so after every ending: agent free, nothing left in its routing, audit intact, budget kept, payloads as small as the seam asks.</summary>
    public static async Task<string?> TroubleAfterAsync(this ImprovementWorld world, string run = DriftedWorld.Run)
    {
        var table = await world.RoutingAsync();
        if (table.Experiment is not null || table.Pause is not null) return $"The routing still has {table.Experiment} {table.Pause}.";
        if ((await world.Get<LeaseBook>().ReadAsync(LeaseBook.ForAgent(ImprovementWorld.Agent)))?.Run is { } holder) return $"{holder} still holds the agent.";
        if (await world.Get<RunRegister>().ActiveAsync(ImprovementWorld.Agent) is { } active) return $"{active} is still registered as under way.";
        var anchors = (await world.Get<VersionStore>().ListAsync(ImprovementWorld.Agent)).Where(v => v.AuditHead is not null).Count();
        var audit = await new AuditVerifier(world.Store).VerifyAsync(ImprovementWorld.Agent, []);
        if (!audit.IsIntact) return $"The audit chain is broken ({anchors} anchors): {string.Join(" ", audit.Problems.Take(3))}";
        var spent = (await world.SpendAsync()).Where(e => e.Run == run).Sum(e => e.Usd);
        if (spent > world.Manifest.Budget.PerRun) return $"{spent} USD were spent of {world.Manifest.Budget.PerRun}.";
        await foreach (var state in world.Get<IOrchestrationClient>().ListAsync(run))
            if (!state.HasEnded) return $"{state.InstanceId} is still at work.";
            else if (Math.Max(state.Input?.Length ?? 0, state.Output?.Length ?? 0) > SeamPayload.MaxBytes / 2) return $"{state.InstanceId} has a payload of {Math.Max(state.Input?.Length ?? 0, state.Output?.Length ?? 0)} bytes.";
        return null;
    }
}
