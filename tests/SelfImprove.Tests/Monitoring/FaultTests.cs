using SelfImprove.Monitoring.Aggregation;
using SelfImprove.Monitoring.Events;
using SelfImprove.Monitoring.Signals;
using SelfImprove.Storage;
using SelfImprove.Tests.Monitoring.Support;
using static SelfImprove.Tests.Monitoring.Support.MonitoringWorld;

namespace SelfImprove.Tests.Monitoring;

public class FaultTests
{
    private readonly MonitoringWorld _world = new();

    [Fact]
    public async Task Fold_TornLastLine_WaitsThenIsReportedAndNeverJoined()
    {
        await _world.AppendAsync(Interaction("i1"));
        var path = _world.Memory.Paths.Single();
        _world.Memory.AppendRaw(path, "{\"interaction\":{\"id\":\"torn");
        var signals = await _world.FoldAsync();
        (signals.Interactions, signals.DeadLetters).ShouldBe((1, 0));
        _world.Restart();
        await _world.AppendAsync(Interaction("i2"));
        _world.Clock.Advance(TimeSpan.FromHours(2));
        signals = await _world.FoldAsync();
        (signals.Interactions, signals.DeadLetters).ShouldBe((2, 1));
        var letter = (await _world.DeadLetters.ReadAsync(Agent)).Single();
        (letter.Reason, letter.Segment).ShouldBe(("torn", path));
        _world.Memory.Text(path).ShouldEndWith("}}\n");
        (await _world.FoldAsync()).DeadLetters.ShouldBe(1);
    }

    [Fact]
    public async Task Fold_CorruptLineInTheMiddle_IsReportedWithItsPlace()
    {
        await _world.AppendAsync(Interaction("i1"));
        var path = _world.Memory.Paths.Single();
        var at = _world.Memory.Text(path).Length;
        _world.Memory.AppendRaw(path, "{\"interaction\":{\"id\":\u0001}}\n");
        await _world.AppendAsync(Interaction("i2"));
        (await _world.FoldAsync()).Interactions.ShouldBe(2);
        var letter = (await _world.DeadLetters.ReadAsync(Agent)).Single();
        (letter.Reason, letter.Segment, letter.Offset).ShouldBe(("corrupt", path, at));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Fold_CrashAtAnyWrite_CountsEachEventOnce(bool afterEffect)
    {
        var expected = Shape(await StoryAsync(new MonitoringWorld(), null));
        for (var k = 1; ; k++)
        {
            var world = new MonitoringWorld();
            var failed = false;
            world.Memory.Fail = (path, change) =>
            {
                if (failed || change < k || path.StartsWith("log/", StringComparison.Ordinal)) return null;
                failed = true;
                return afterEffect;
            };
            var signals = await StoryAsync(world, () => failed);
            Shape(signals).ShouldBe(expected, $"crash at change {k}");
            (await world.DeadLetters.ReadAsync(Agent)).Count.ShouldBe((int)signals.DeadLetters, $"crash at change {k}");
            if (!failed) break;
        }
    }

    [Fact]
    public async Task Fold_TwoProcesses_CountEachEventOnce()
    {
        var other = new Aggregator(_world.Store, _world.Clock, _world.Lookup, process: "other");
        for (var round = 0; round < 5; round++)
        {
            for (var i = 0; i < 10; i++) await _world.AppendAsync(Interaction($"i{round}-{i}"));
            await Task.WhenAll(Task.Run(() => _world.FoldAsync()), Task.Run(() => other.FoldAsync(Agent)));
        }
        (await other.FoldAsync(Agent)).Interactions.ShouldBe(50);
        (await _world.FoldAsync()).Interactions.ShouldBe(50);
    }

    [Fact]
    public async Task Fold_ManySmallFolds_KeepFewRunsAndNoOrphans()
    {
        for (var i = 0; i < 60; i++)
        {
            await _world.AppendAsync(Interaction($"i{i}"));
            await _world.FoldAsync();
        }
        _world.Memory.Paths.Count(p => p.StartsWith("index/", StringComparison.Ordinal)).ShouldBeLessThan(4);
    }

    [Fact]
    public async Task Fold_NothingNew_ReadsNoIndexAndNoOldLog()
    {
        for (var batch = 0; batch < 12; batch++)
        {
            for (var i = 0; i < 200; i++) _ = _world.AppendAsync(Interaction($"i{batch}-{i}", second: i));
            await _world.Log.DrainAsync();
            await _world.FoldAsync();
            _world.Clock.Advance(TimeSpan.FromHours(3));
        }
        await _world.FoldAsync();
        var before = _world.Memory.BytesRead;
        await _world.FoldAsync();
        (_world.Memory.BytesRead - before).ShouldBeLessThan(400);
    }

    [Fact]
    public async Task Fold_CostOfABatch_DoesNotGrowWithWhatIsThere()
    {
        // A window is long enough for the index's small merges to take part alike; the second one begins with seven times as much there as the first has on average.
        const int Window = 48, Later = 144, Events = 200;
        _world.Options = new AggregatorOptions { CachedEntries = 300, Parsers = 1 };
        _world.Restart();
        var costs = new List<(long Bytes, long Objects)>();
        for (var batch = 0; batch < Later + Window; batch++)
        {
            for (var i = 0; i < Events; i++)
            {
                _ = _world.AppendAsync(Interaction($"i{batch}-{i}", second: i));
                _ = _world.AppendAsync(Thumb($"f{batch}-{i}", $"i{batch}-{i}", i % 3 != 0));
            }
            for (var late = 1; late <= 2 && batch > 0; late++) _ = _world.AppendAsync(Thumb($"late{batch}-{late}", $"i{batch * late / 3}-{late}", true, "late"));
            await _world.Log.DrainAsync();
            var before = Cost(_world.Memory);
            var signals = await _world.FoldAsync();
            var after = Cost(_world.Memory);
            costs.Add((after.Bytes - before.Bytes, after.Objects - before.Objects));
            signals.Judged.ShouldBe((batch + 1) * Events);
            _world.Clock.Advance(TimeSpan.FromHours(1));
        }
        var (first, last) = (costs[..Window], costs[Later..]);
        var text = $"bytes {first.Sum(c => c.Bytes)} then {last.Sum(c => c.Bytes)}, objects {first.Sum(c => c.Objects)} then {last.Sum(c => c.Objects)}";
        ((double)last.Sum(c => c.Bytes)).ShouldBeLessThan(1.5 * first.Sum(c => c.Bytes), text);
        ((double)last.Sum(c => c.Objects)).ShouldBeLessThan(1.5 * first.Sum(c => c.Objects), text);

        static (long Bytes, long Objects) Cost(MemoryStore store) => (store.BytesRead + store.BytesWritten, store.Reads + store.Changes + store.Listed);
    }

    [Fact]
    public async Task Fold_SurvivesAPowerCutFreeRestartOverARealFolder()
    {
        var folder = Directory.CreateTempSubdirectory("selfimprove-fold-").FullName;
        try
        {
            using var store = new LocalFolderStore(folder, TimeProvider.System);
            var world = new MonitoringWorld(store);
            for (var i = 0; i < 300; i++) _ = world.AppendAsync(Interaction($"i{i}", second: i));
            await world.Log.DrainAsync();
            await world.FoldAsync();
            world.Restart();
            for (var i = 0; i < 300; i++) _ = world.AppendAsync(Thumb($"f{i}", $"i{i}", i % 3 != 0));
            await world.Log.DrainAsync();
            var signals = await world.FoldAsync();
            (signals.Interactions, signals.Judged, signals.Versions["v1"].RewardSum).ShouldBe((300, 300, 200));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Appends and folds by turns; a crash is a restart and another try.</summary>
    private static async Task<AgentSignals> StoryAsync(MonitoringWorld world, Func<bool>? _)
    {
        AgentSignals? signals = null;
        for (var step = 0; step < 6; step++)
        {
            for (var i = 0; i < 4; i++)
            {
                await world.AppendAsync(Interaction($"i{step}-{i}", i % 2 == 0 ? "alpha" : "beta", step, episode: i == 0 ? "e1" : null));
                await world.AppendAsync(Thumb($"f{step}-{i}", $"i{Math.Max(0, step - 1)}-{i}", i != 1, $"u{step % 2}", 10 + step));
            }
            await world.AppendAsync(Thumb($"bad{step}", "i0-0", true, metric: "nope"));
            if (step == 3) await world.AppendAsync(Thumb("fe", null, false, "eve", 40, episode: "e1"));
            world.Clock.Advance(TimeSpan.FromMinutes(50));
            try
            {
                signals = await world.FoldAsync();
            }
            catch (IOException)
            {
                world.Restart();
                signals = await world.FoldAsync();
            }
        }
        return signals!;
    }

    internal static string Shape(AgentSignals signals) => string.Join('\n',
        [
            $"{signals.Interactions} {signals.Judged} {signals.DeadLetters} {signals.NewestEvent:O}",
            .. signals.Versions.OrderBy(v => v.Key).Select(v => $"{v.Key} {v.Value.Interactions} {v.Value.Judged} {Sum(v.Value.RewardSum)} {Sum(v.Value.RewardSquares)} {v.Value.CostUsd}"),
            .. signals.Versions.OrderBy(v => v.Key).SelectMany(v => v.Value.Slices.OrderBy(s => s.Key).Select(s => $"{v.Key} {s.Key} {s.Value.Interactions} {s.Value.Judged} {Sum(s.Value.RewardSum)}")),
            .. signals.Sources.OrderBy(s => s.Key).Select(s => $"{s.Key} {s.Value.Judgements} {Sum(s.Value.RewardSum)} {s.Value.Shared} {s.Value.Agreed}"),
        ]);

    // A reward that is taken back leaves a rounding error, which may be a negative zero.
    private static string Sum(double sum) => (Math.Round(sum, 6) + 0.0).ToString("F6");
}
