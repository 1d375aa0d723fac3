using System.Runtime.ExceptionServices;
using SelfImprove.DataGeneration;
using SelfImprove.Durable;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Storage;
using SelfImprove.Testing;
using SelfImprove.Testing.Loop;

namespace SelfImprove.Tests.Loop;

/// <summary>The process dies around commits of the engine and writes to the store; opened again, the run comes to the same end, and nothing was done twice.</summary>
public sealed class CrashTests(DriftedWorld origin) : IClassFixture<DriftedWorld>
{
    private const string Agent = ImprovementWorld.Agent, Run = DriftedWorld.Run;

    // Deaths are sampled: all of the first ones (opening, pilot, planning), then with a prime stride, so that both phases meet all stages.
    private static IEnumerable<long> Sample(long count, int first, int stride) =>
        Enumerable.Range(1, (int)count).Where(k => k <= first || k % stride == 0).Select(k => (long)k);

    [Fact]
    public async Task Run_DiesAroundCommits_EndsTheSame()
    {
        var calm = await CalmAsync();
        calm.Commits.ShouldBeGreaterThan(40);
        var phase = CommitPhase.Before;
        foreach (var commit in Sample(calm.Commits, 4, 13))
        {
            phase = phase == CommitPhase.Before ? CommitPhase.After : CommitPhase.Before;
            await DieAsync(world => world.CrashAtCommit(commit, phase), $"{phase} commit {commit}", calm.Spent);
        }
    }

    [Fact]
    public async Task Run_DiesAroundWrites_EndsTheSame()
    {
        var calm = await CalmAsync();
        calm.Writes.ShouldBeGreaterThan(80);
        var after = false;
        foreach (var write in Sample(calm.Writes, 3, 29))
        {
            after = !after;
            await DieAsync(world => world.Store.CrashAt(write, after), $"{(after ? "after" : "before")} write {write}", calm.Spent);
        }
    }

    private async Task<(long Commits, long Writes, decimal Spent)> CalmAsync()
    {
        await using var world = await origin.ForkAsync(name: "crash");
        var (commits, writes) = (world.Commits, world.Store.Writes);
        (await world.EndAsync()).Ending.ShouldBe(ImprovementEnding.Promoted);
        return (world.Commits - commits, world.Store.Writes - writes, (await world.SpendAsync()).Sum(e => e.Usd));
    }

    private async Task DieAsync(Action<ImprovementWorld> arm, string where, decimal spent)
    {
        await using var world = await origin.ForkAsync(name: "crash");
        arm(world);
        ImprovementOutcome? outcome = null;
        var deaths = 0;
        while (outcome is null)
        {
            try
            {
                outcome = await world.EndAsync();
            }
            catch (Exception e) when (world.IsDead)
            {
                (++deaths).ShouldBe(1, $"{where}: {ExceptionDispatchInfo.Capture(e).SourceException.Message}");
                await world.ReopenAsync();
            }
        }
        deaths.ShouldBe(1, where);
        outcome.Ending.ShouldBe(ImprovementEnding.Promoted, $"{where}: {outcome.Reason}");
        outcome.Rounds.ShouldBe(1, where);
        (await world.RoutingAsync()).Champion.ShouldBe("v2", where);
        world.Store.Paths.Count(p => p.StartsWith("training/", StringComparison.Ordinal)).ShouldBe(1, $"{where}: one training job");
        var audit = await world.AuditAsync();
        foreach (var kind in new[] { "trigger", "runStarted", "planned", "promoted", "runEnded" }) audit.Count(e => e.Kind == kind).ShouldBe(1, $"{where}: {kind}");
        (await world.SpendAsync()).Sum(e => e.Usd).ShouldBe(spent, 0.25m, $"{where}: what is labelled may differ a little, but nothing is charged twice");
        (await world.SpendAsync()).Where(e => e.What.Contains("answers of strong")).Sum(e => e.Usd).ShouldBe(await LabelledAsync(world) * 0.004m, where);
        (await world.TroubleAfterAsync()).ShouldBeNull(where);
    }

    // Answers are kept one a line; a repeated question would be paid for without one.
    private static async Task<int> LabelledAsync(ImprovementWorld world)
    {
        var answers = 0;
        foreach (var path in world.Store.Paths.Where(p => p.StartsWith($"runs/{Agent}/{Run}/labels-", StringComparison.Ordinal) && p.Split('-')[^1].Length <= "999.jsonl".Length))
            await foreach (var answer in JsonLines.ReadLinesAsync(world.Store, path)) answers += answer.Contains("teacher:strong") ? 1 : 0;
        return answers;
    }
}
