using SelfImprove.Monitoring.Aggregation;
using SelfImprove.Monitoring.Signals;
using SelfImprove.Tests.Monitoring.Support;
using static SelfImprove.Tests.Monitoring.Support.MonitoringWorld;

namespace SelfImprove.Tests.Monitoring;

/// <summary>Merges of the index's runs that take several chunks.</summary>
public class IndexMergeTests
{
    private const int Hours = 20;

    [Fact]
    public async Task Fold_MergesInSteps_CountsAsWithoutMergesAndKeepsFewObjects()
    {
        var (whole, steps) = (new MonitoringWorld(), Steps());
        var (merging, most) = (0, 0);
        for (var hour = 0; hour < Hours * 4; hour++)
        {
            await FillAsync(whole, hour);
            await FillAsync(steps, hour);
            await steps.FoldAsync();
            if (!steps.Memory.Text(AgentSignalsPath).Contains("\"merging\":[]", StringComparison.Ordinal)) merging++;
            most = Math.Max(most, Objects(steps));
        }
        FaultTests.Shape(await steps.FoldAsync()).ShouldBe(FaultTests.Shape(await whole.FoldAsync()));
        merging.ShouldBeGreaterThan(5, "merges take several folds");
        most.ShouldBeLessThan(40);
    }

    [Fact]
    public async Task Fold_CrashAtAnyChangeWhileMergesAreUnderWay_CountsEachEventOnce()
    {
        var calm = Steps();
        for (var hour = 0; hour < Hours; hour++) await FillAsync(calm, hour);
        var expected = FaultTests.Shape(await calm.FoldAsync());
        var (changes, step) = (calm.Memory.Changes, 0);
        foreach (var afterEffect in (bool[])[false, true])
        {
            for (var k = 1; ; k += 3)
            {
                var world = Steps();
                for (var hour = 0; hour < Hours; hour++) await FillAsync(world, hour);
                var (start, failed) = (world.Memory.Changes, false);
                world.Memory.Fail = (_, change) =>
                {
                    if (failed || change != start + k) return null;
                    failed = true;
                    return afterEffect;
                };
                FaultTests.Shape(await FoldThroughAsync(world, restart: ++step % 2 == 0)).ShouldBe(expected, $"crash at change {k}, after its effect: {afterEffect}");
                world.Memory.Fail = null;
                await FillAsync(world, Hours);
                await world.FoldAsync();
                Objects(world).ShouldBeLessThan(40, "what a crash left behind is swept");
                if (!failed) break;
                k.ShouldBeLessThan(changes);
            }
        }
    }

    [Fact]
    public async Task Fold_OtherProcessLooksInWhileMergesAreUnderWay_LosesNothing()
    {
        var (whole, steps) = (new MonitoringWorld(), Steps());
        for (var hour = 0; hour < Hours * 2; hour++)
        {
            await FillAsync(whole, hour);
            await FillAsync(steps, hour);
            await steps.FoldAsync();

            // It reads everything anew, sweeps, and finds nothing to fold.
            using var other = new Aggregator(steps.Store, steps.Clock, steps.Lookup, steps.Options, "other");
            await other.FoldAsync(Agent);
        }
        FaultTests.Shape(await steps.FoldAsync()).ShouldBe(FaultTests.Shape(await whole.FoldAsync()));
    }

    [Fact]
    public async Task Fold_MoreNamesThanAreNumbered_CountsAllAfterARestart()
    {
        const int names = 9000;
        var world = new MonitoringWorld { Options = new AggregatorOptions { CachedEntries = 1 } };
        world.Restart();
        for (var i = 0; i < names; i++) _ = world.AppendAsync(Interaction($"i{i}", version: i < names - 10 ? "v1" : $"w{i}", tags: ("order", $"n{i}")));
        await world.Log.DrainAsync();
        await world.FoldAsync();
        world.Restart();
        for (var i = names - 10; i < names; i++) await world.AppendAsync(Thumb($"f{i}", $"i{i}", true));
        var signals = await world.FoldAsync();
        (signals.Interactions, signals.Judged).ShouldBe((names, 10));
        signals.Versions[$"w{names - 1}"].Slices[$"order=n{names - 1}"].RewardSum.ShouldBe(1);
    }

    private static string AgentSignalsPath => $"agents/{Agent}/signals.json";

    private static int Objects(MonitoringWorld world) => world.Memory.Paths.Count(p => p.StartsWith("index/", StringComparison.Ordinal));

    private static async Task<AgentSignals> FoldThroughAsync(MonitoringWorld world, bool restart)
    {
        try
        {
            return await world.FoldAsync();
        }
        catch (IOException)
        {
            if (restart) world.Restart();
            return await world.FoldAsync();
        }
    }

    /// <summary>Each segment is a chunk, each chunk a run, and a merge moves on by no more than twice a chunk.</summary>
    private static MonitoringWorld Steps()
    {
        var world = new MonitoringWorld { Options = new AggregatorOptions { ChunkBytes = 1, CachedEntries = 3, SmallestRunBytes = 1, MergeStepBytes = 1 } };
        world.Restart();
        return world;
    }

    private static async Task FillAsync(MonitoringWorld world, int hour)
    {
        for (var i = 0; i < 3; i++)
        {
            await world.AppendAsync(Interaction($"i{hour}-{i}", i % 2 == 0 ? "alpha" : "beta", (hour * 10) + i, episode: i == 0 ? $"e{hour / 7}" : null));
            await world.AppendAsync(Thumb($"f{hour}-{i}", $"i{hour * 7 % (hour + 1)}-{i}", i != 1, $"u{hour % 3}", 10 + hour));
        }
        await world.AppendAsync(Thumb($"f{hour / 2}-1", $"i{hour / 2 * 7 % ((hour / 2) + 1)}-1", false, $"u{hour / 2 % 3}", 10 + (hour / 2)));
        await world.AppendAsync(Thumb($"early{hour}", $"i{hour + 1}-2", false, "early", hour));
        if (hour % 5 == 3) await world.AppendAsync(Thumb($"fe{hour}", null, false, "eve", 40 + hour, episode: $"e{hour / 7}"));
        world.Clock.Advance(TimeSpan.FromHours(1));
    }
}
