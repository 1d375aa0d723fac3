using FsCheck;
using FsCheck.Fluent;
using SelfImprove.Monitoring.Events;
using SelfImprove.Tests.Monitoring.Support;
using static SelfImprove.Tests.Monitoring.Support.MonitoringWorld;
using SelfImprove.Testing;

namespace SelfImprove.Tests.Monitoring;

public class FoldPropertyTests
{
    [Fact]
    public void Fold_AnyOrderDuplicatesAndFoldsBetween_GiveTheSameCounts() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed => RunAsync(seed).GetAwaiter().GetResult())
            .Check(Properties.Checked.WithMaxTest(60));

    private static async Task<bool> RunAsync(int seed)
    {
        var random = new Random(seed);
        var events = Events(random);
        var canonical = new MonitoringWorld();
        foreach (var happened in events) await AppendAsync(canonical, happened);
        var expected = FaultTests.Shape(await canonical.FoldAsync());

        var shuffled = events.Concat(events.Where(_ => random.Next(4) == 0)).ToArray();
        random.Shuffle(shuffled);
        var world = new MonitoringWorld { Options = new() { ChunkBytes = 1 + random.Next(4000), CachedEntries = random.Next(1, 30) } };
        world.Restart();
        foreach (var happened in shuffled)
        {
            await AppendAsync(world, happened);
            if (random.Next(8) == 0) await world.FoldAsync();
            if (random.Next(15) == 0) world.Restart();
            if (random.Next(20) == 0) world.Clock.Advance(TimeSpan.FromHours(1));
        }
        var actual = FaultTests.Shape(await world.FoldAsync());
        actual.ShouldBe(expected, $"seed {seed}");
        return true;
    }

    private static List<object> Events(Random random)
    {
        var events = new List<object>();
        var count = random.Next(1, 25);
        for (var i = 0; i < count; i++)
            events.Add(Interaction($"i{i}", random.Next(2) == 0 ? "alpha" : "beta", i, $"v{random.Next(2)}", random.Next(3) == 0 ? $"e{random.Next(3)}" : null, ("lang", $"l{random.Next(3)}")));
        for (var f = 0; f < count * 2; f++)
        {
            var onEpisode = random.Next(6) == 0;
            var feedback = Thumb($"f{f}", onEpisode ? null : $"i{random.Next(count + 2)}", random.Next(2) == 0, $"u{random.Next(3)}", random.Next(30), episode: onEpisode ? $"e{random.Next(3)}" : null);
            events.Add(random.Next(10) == 0 ? feedback with { Metric = "nope" } : feedback);
        }
        return events;
    }

    private static Task AppendAsync(MonitoringWorld world, object happened) =>
        happened is Interaction interaction ? world.AppendAsync(interaction) : world.AppendAsync((Feedback)happened);
}
