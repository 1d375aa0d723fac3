using SelfImprove.Orchestration;
using SelfImprove.Testing;
using static SelfImprove.Testing.OrchestrationScript;

namespace SelfImprove.Durable.Tests;

/// <summary>Lock-step driving, the warm cache, timers as rows.</summary>
public sealed class LockStepTests
{
    private readonly OrchestrationScript _script = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunUntilIdle_ActivitiesOfAnySpeed_ResultsComeInCallOrder(bool firstIsSlow)
    {
        var slow = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        _script.Work = (_, input, _) => firstIsSlow ? slow.Task : Task.FromResult(input);
        _script.Other = (_, input, _) =>
        {
            slow.SetResult("work");
            return Task.FromResult(input);
        };
        _script.Main = async (context, _) =>
        {
            var (work, other) = (context.CallAsync(WorkRef, "work"), context.CallAsync(OtherRef, "other"));
            return await await Task.WhenAny(work, other);
        };
        await using var harness = await DurableHarness.OpenAsync(_script);
        (await harness.RunMainAsync("i")).OutputAs<string>().ShouldBe("work");
    }

    [Fact]
    public async Task RunUntilIdle_ActivityUsesTheClient_DoesNotHang()
    {
        DurableHarness? harness = null;
        _script.Work = async (context, _, token) =>
        {
            await harness!.Client.RaiseEventAsync(context.InstanceId, "go", "from the activity", token);
            return (await harness.Client.StartAsync(ChildRef, "started by the activity", "", token)).ToString();
        };
        _script.Main = async (context, input) => await context.CallAsync(WorkRef, input) + " " + await context.EventAsync<string>("go");
        await using (harness = await DurableHarness.OpenAsync(_script))
        {
            (await harness.RunMainAsync("i")).OutputAs<string>().ShouldBe("True from the activity");
            (await harness.Client.GetAsync("started by the activity"))!.Status.ShouldBe(OrchestrationStatus.Completed);
        }
    }

    [Fact]
    public async Task NextTimer_TimersSetAndCancelled_IsTheEarliestLeft()
    {
        _script.Main = async (context, _) =>
        {
            var start = context.Now;
            await context.EventOrUntilAsync("go", start.AddHours(1));
            await context.SleepUntilAsync(start.AddHours(3));
            return "";
        };
        await using var harness = await DurableHarness.OpenAsync(_script);
        var start = harness.Now;
        harness.Engine.NextTimer.ShouldBeNull();
        await harness.Client.StartAsync(MainRef, "i", "");
        await harness.RunUntilIdleAsync();
        harness.Engine.NextTimer.ShouldBe(start.AddHours(1));
        await harness.Client.RaiseEventAsync("i", "go", "");
        await harness.RunUntilIdleAsync();
        harness.Engine.NextTimer.ShouldBe(start.AddHours(3));
        await harness.ReopenAsync();
        harness.Engine.NextTimer.ShouldBe(start.AddHours(3));
        await harness.Client.TerminateAsync("i", "enough");
        harness.Engine.NextTimer.ShouldBeNull();
    }

    [Fact]
    public async Task Turn_WarmInstance_RunsItsCodeOnce()
    {
        (await CountStartsAsync(options => options.AlwaysReplay = false)).ShouldBe(3);
    }

    [Fact]
    public async Task Turn_MoreInstancesThanTheCacheHolds_ReplaysTheColdOnes()
    {
        (await CountStartsAsync(options => (options.AlwaysReplay, options.MaxWarmInstances) = (false, 1))).ShouldBeGreaterThan(6);
    }

    [Fact]
    public async Task Turn_AlwaysReplay_RunsTheCodeAtEveryTurn()
    {
        (await CountStartsAsync(_ => { })).ShouldBe(3 * 4);
    }

    [Fact]
    public async Task Waves_OverTheBound_RunNoMoreAtOnce()
    {
        var (running, most, gate) = (0, 0, new Lock());
        _script.Work = async (_, input, _) =>
        {
            lock (gate)
                most = Math.Max(most, ++running);
            await Task.Yield();
            lock (gate)
                running--;
            return input;
        };
        _script.Main = async (context, _) => $"{(await Task.WhenAll(Enumerable.Range(0, 40).Select(i => context.CallAsync(WorkRef, $"{i}")))).Length}";
        await using var harness = await DurableHarness.OpenAsync(_script, options => options.MaxConcurrentActivities = 2);
        (await harness.RunMainAsync("i")).OutputAs<string>().ShouldBe("40");
        most.ShouldBeLessThanOrEqualTo(2);
    }

    private async Task<int> CountStartsAsync(Action<DurableEngineOptions> configure)
    {
        var starts = 0;
        _script.Main = async (context, input) =>
        {
            starts++;
            for (var i = 0; i < 3; i++)
                input = await context.CallAsync(WorkRef, input + i);
            return input;
        };
        await using var harness = await DurableHarness.OpenAsync(_script, configure);
        foreach (var id in new[] { "a", "b", "c" })
            await harness.Client.StartAsync(MainRef, id, id);
        foreach (var id in new[] { "a", "b", "c" })
            (await harness.RunToEndAsync(id)).OutputAs<string>().ShouldBe($"{id}012");
        return starts;
    }
}
