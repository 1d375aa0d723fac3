using SelfImprove.Monitoring.Aggregation;
using SelfImprove.Monitoring.Signals;
using SelfImprove.Tests.Monitoring.Support;
using static SelfImprove.Tests.Monitoring.Support.MonitoringWorld;

namespace SelfImprove.Tests.Monitoring;

/// <summary>Folds of several chunks: one is written while the next is applied.</summary>
public class FoldPipelineTests
{
    private const int Hours = 5;

    [Fact]
    public async Task Fold_OfSeveralChunks_CountsAsOneOfASingleChunk()
    {
        var (whole, pieces) = (new MonitoringWorld(), Pieces());
        await FillAsync(whole);
        await FillAsync(pieces);
        var expected = await whole.FoldAsync();
        var signals = await pieces.FoldAsync();
        FaultTests.Shape(signals).ShouldBe(FaultTests.Shape(expected));
        signals.Generation.ShouldBeGreaterThan(expected.Generation + 2, "each hour is a chunk of its own");
    }

    [Fact]
    public async Task Fold_CrashAtAnyChangeOfSeveralChunks_CountsEachEventOnce()
    {
        var calm = Pieces();
        await FillAsync(calm);
        var expected = FaultTests.Shape(await calm.FoldAsync());
        foreach (var afterEffect in (bool[])[false, true])
        {
            for (var k = 1; ; k++)
            {
                var world = Pieces();
                await FillAsync(world);
                var (start, failed) = (world.Memory.Changes, false);
                world.Memory.Fail = (_, change) =>
                {
                    if (failed || change != start + k) return null;
                    failed = true;
                    return afterEffect;
                };
                var signals = await FoldThroughAsync(world, restart: k % 2 == 0);
                FaultTests.Shape(signals).ShouldBe(expected, $"crash at change {k}, after its effect: {afterEffect}");
                if (!failed) break;
                k.ShouldBeLessThan(200);
            }
        }
    }

    /// <summary>A crash is another try: by the same process, or by a new one.</summary>
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

    private static MonitoringWorld Pieces()
    {
        var world = new MonitoringWorld { Options = new AggregatorOptions { ChunkBytes = 1, CachedEntries = 3 } };
        world.Restart();
        return world;
    }

    private static async Task FillAsync(MonitoringWorld world)
    {
        for (var hour = 0; hour < Hours; hour++)
        {
            for (var i = 0; i < 4; i++)
            {
                await world.AppendAsync(Interaction($"i{hour}-{i}", i % 2 == 0 ? "alpha" : "beta", (hour * 10) + i, episode: i == 0 ? "e1" : null));
                await world.AppendAsync(Thumb($"f{hour}-{i}", $"i{Math.Max(0, hour - 1)}-{i}", i != 1, $"u{hour % 2}", 10 + hour));
            }
            await world.AppendAsync(Thumb($"early{hour}", $"i{hour + 1}-3", false, "early", hour));
            if (hour == 3) await world.AppendAsync(Thumb("fe", null, false, "eve", 40, episode: "e1"));
            world.Clock.Advance(TimeSpan.FromHours(1));
        }
    }
}
