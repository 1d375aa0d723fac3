using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Agents.Routing;
using SelfImprove.Agents.Versions;
using SelfImprove.Audit;
using SelfImprove.Durable;
using SelfImprove.Monitoring.Log;
using SelfImprove.Monitoring.Signals;
using SelfImprove.Runs;
using SelfImprove.Storage;
using SelfImprove.Testing;
using SelfImprove.Testing.Loop;
using SelfImprove.Testing.Storage;
using Xunit.Abstractions;

namespace SelfImprove.Local.Tests.Faults;

/// <summary>
/// The power fails again and again during one whole improvement: in the middle of writes of every kind of file, and around commits of the engine. What
/// was not flushed is gone (or, seeded, partly there). The run goes on each time, ends as it would have, and nothing acknowledged is lost or counted twice.
/// </summary>
public sealed class PowerCutLoopTests(ITestOutputHelper output)
{
    private const string Run = "desk-0001";
    private readonly Dictionary<string, int> _writes = new(StringComparer.Ordinal);
    private PowerCutFileLayer _disk = new();
    private bool _armed;
    private int _cuts;
    private long _commits;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Power_CutInEveryKindOfWriteAndAroundCommits_RunEndsAndKeepsItsPromises(int seed)
    {
        var random = new Random(seed);
        await using var world = await ImprovementWorld.OpenAsync(alwaysReplay: false, configure: services => Configure(services, random));
        _armed = true;
        await world.RestartAfterCrashAsync();
        await PlayAsync(world, random, 400, world.AnyKnown);
        await PlayAsync(world, random, 3_000, world.AnyClass);
        _armed = false;
        await GuardAsync(world, random, () => world.LookAsync());

        foreach (var (kind, count) in _writes.OrderBy(w => w.Key, StringComparer.Ordinal)) output.WriteLine($"{count,6} {kind}");
        output.WriteLine($"{_cuts} power cuts, {_commits} commits, {world.Acknowledged.Count} events");
        var outcome = await world.OutcomeAsync(Run);
        outcome.ShouldNotBeNull($"{await world.RunStateAsync(Run)}");
        outcome.Ending.ShouldBe(ImprovementEnding.Promoted, outcome.Reason);
        _cuts.ShouldBeGreaterThan(40);
        await ShouldHaveKeptPromisesAsync(world, outcome);
    }

    private void Configure(IServiceCollection services, Random random)
    {
        // The object store is on the disk that forgets; SQLite has its own flushes and stays on the real one.
        services.AddSingleton(new EventLogOptions { Attempts = 1 });
        services.AddSingleton<IObjectStore>(_ =>
        {
            var store = new LocalFolderStore("/store", TimeProvider.System, _disk);
            return _armed ? new CuttingStore(store, _disk, _writes, random) : store;
        });
        var engine = (DurableEngineOptions)services.Last(d => d.ServiceType == typeof(DurableEngineOptions)).ImplementationInstance!;
        engine.CommitProbe = (_, phase) =>
        {
            // A machine without power commits nothing.
            if (_disk.IsOff) throw new SimulatedCrashException();
            if (phase == CommitPhase.Before) _commits++;
            if (!_armed || _commits % 4 != 0 || phase != (CommitPhase)random.Next(2)) return;
            _disk.Cut();
            throw new SimulatedCrashException();
        };
    }

    private async Task PlayAsync(ImprovementWorld world, Random random, int requests, Func<string> label)
    {
        for (var done = 0; done < requests; done += 25)
        {
            for (var i = 0; i < 25; i++) await GuardAsync(world, random, () => world.AskAsync(label()));
            await GuardAsync(world, random, () => world.LookAsync());
            if (await GuardAsync(world, random, () => world.OutcomeAsync(Run)) is not null) return;
        }
    }

    private Task GuardAsync(ImprovementWorld world, Random random, Func<Task> act) => GuardAsync(world, random, async () =>
    {
        await act();
        return true;
    });

    /// <summary>Does something; where the power is cut meanwhile, starts again on what is left of the disk. A look is then taken once more.</summary>
    private async Task<T?> GuardAsync<T>(ImprovementWorld world, Random random, Func<Task<T>> act)
    {
        T? result = default;
        try
        {
            result = await act();
        }
        catch (Exception) when (_disk.IsOff)
        {
            // Whatever a dead process reports. Where the power is on, a failure is a failure.
        }
        while (_disk.IsOff)
        {
            _cuts++;
            _disk = _disk.Restart(random.Next(2) == 0 ? random : null);
            try
            {
                await world.RestartAfterCrashAsync();
                await world.LookAsync();
            }
            catch (Exception) when (_disk.IsOff)
            {
                // Once more.
            }
        }
        return result;
    }

    private static async Task ShouldHaveKeptPromisesAsync(ImprovementWorld world, ImprovementOutcome outcome)
    {
        var store = world.Get<IObjectStore>();
        var logged = await LoggedAsync(store);
        var sent = world.Acknowledged.ToHashSet(StringComparer.Ordinal);
        sent.Count.ShouldBe(world.Acknowledged.Count);
        sent.Where(id => !logged.Counts.ContainsKey(id)).ShouldBeEmpty("acknowledged and not in the log");
        logged.Counts.Where(l => l.Value > 1).Count().ShouldBeLessThan(60, "only what was sent again after a cut is there twice");

        var signals = (await world.Get<JsonDocuments>().ReadAsync<AgentSignals>($"agents/{ImprovementWorld.Agent}/signals.json"))!.Value;
        signals.Interactions.ShouldBe(logged.Interactions.Count);
        signals.Judged.ShouldBe(logged.Judged);

        var audit = new List<AuditEntry>();
        await foreach (var entry in world.Get<AuditLog>().ReadAsync(ImprovementWorld.Agent)) audit.Add(entry);
        audit.Count(e => e.Kind == "promoted").ShouldBe(1);
        audit.Count(e => e.Kind == "runStarted").ShouldBe(1);
        audit.Count(e => e.Kind == "runEnded").ShouldBe(1);
        var verified = await world.Get<AuditVerifier>().VerifyAsync(ImprovementWorld.Agent, []);
        verified.Problems.ShouldBeEmpty();

        (await store.ListAsync($"training/{ImprovementWorld.Agent}/").ToListAsync()).Count.ShouldBeLessThanOrEqualTo(outcome.Rounds, "one training job a round");
        var routing = (await world.Get<RoutingStore>().GetAsync(ImprovementWorld.Agent))!;
        routing.Champion.ShouldBe(outcome.Champion);
        routing.Experiment.ShouldBeNull();
        (await world.Get<LeaseBook>().ReadAsync(LeaseBook.ForAgent(ImprovementWorld.Agent)))!.Run.ShouldBeNull();
        (await world.Get<VersionStore>().ListAsync(ImprovementWorld.Agent)).Count.ShouldBeLessThanOrEqualTo(1 + outcome.Rounds);
    }

    private static async Task<LoggedEvents> LoggedAsync(IObjectStore store)
    {
        var logged = new LoggedEvents();
        await foreach (var segment in store.ListAsync($"log/{ImprovementWorld.Agent}/"))
            if (segment.Path.EndsWith(".ndjson", StringComparison.Ordinal)) logged.Add((await store.ReadAsync(segment.Path))!.Bytes.Span);
        return logged;
    }
}
