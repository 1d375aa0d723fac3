using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Orchestration;
using SelfImprove.Testing;
using static SelfImprove.Testing.OrchestrationScript;

namespace SelfImprove.Durable.Tests;

/// <summary>A recorded history replays against today's code, and is refused by changed code.</summary>
public sealed class GoldenHistoryTests
{
    private static readonly string Golden = Path.Combine(AppContext.BaseDirectory, "Goldens", "main.json");

    private static async Task<string> ReleasedAsync(OrchestrationContext context, string input)
    {
        var works = await Task.WhenAll(context.CallAsync(WorkRef, input), context.CallAsync(ChildRef, input, $"{context.InstanceId}/child"));
        var came = await context.EventOrUntilAsync("approval-1", context.Now.AddDays(7));
        await context.SleepUntilAsync(context.Now.AddHours(1));
        return $"{string.Join('+', works)} {came}";
    }

    [Fact]
    public async Task Export_OfARun_IsTheGolden()
    {
        var script = new OrchestrationScript { Main = ReleasedAsync };
        await using var harness = await DurableHarness.OpenAsync(script);
        await harness.Client.StartAsync(MainRef, "golden", "in");
        await harness.RunUntilIdleAsync();
        await harness.AdvanceAsync(TimeSpan.FromMinutes(30));
        await harness.Client.RaiseEventAsync("golden", "Approval-1", new { by = "someone" });
        (await harness.RunToEndAsync("golden")).OutputAs<string>().ShouldBe("in+in True");
        var history = (await harness.Engine.ExportHistoryAsync("golden"))!;
        history.ToJson().ReplaceLineEndings("\n").ShouldBe((await File.ReadAllTextAsync(Golden)).ReplaceLineEndings("\n").TrimEnd());
        (await harness.Engine.ExportHistoryAsync("nobody")).ShouldBeNull();
    }

    [Fact]
    public async Task Replay_TodaysCode_Matches() => (await ReplayAsync(ReleasedAsync)).ShouldBeNull();

    [Fact]
    public async Task Replay_ChangedCode_SaysWhatTheInstanceWouldBeParkedWith()
    {
        var message = await ReplayAsync(async (context, input) =>
        {
            var works = await Task.WhenAll(context.CallAsync(WorkRef, input), context.CallAsync(ChildRef, input, $"{context.InstanceId}/child"));
            var came = await context.EventOrUntilAsync("approval-2", context.Now.AddDays(7));
            return $"{string.Join('+', works)} {came}";
        });
        message.ShouldBe("Instance 'golden' of orchestrator 'Main' was recorded by other code: at step 6 history has a wait for event 'approval-1' (call 3), "
            + "the code asked for a wait for event 'approval-2' (call 3). Deploy a build that matches its history, or terminate it.");
    }

    [Fact]
    public async Task Replay_CodeThatEndsEarly_IsRefused()
    {
        var message = await ReplayAsync(async (context, input) => await context.CallAsync(WorkRef, input));
        message!.ShouldContain("at step 3 history has child 'Child' with id 'golden/child' (call 2), the code asked for nothing");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1]")]
    public void Parse_NotAHistory_Throws(string json) => Should.Throw<InvalidDataException>(() => DurableHistory.Parse(json)).Message.ShouldStartWith("This is no orchestration history");

    private static async Task<string?> ReplayAsync(Func<OrchestrationContext, string, Task<string>> code)
    {
        var services = new ServiceCollection();
        new OrchestrationScript { Main = code, Work = (_, _, _) => throw new InvalidOperationException("a replay runs no activity") }.AddTo(services);
        await using var provider = services.BuildServiceProvider();
        return HistoryReplayer.Replay(DurableHistory.Parse(await File.ReadAllTextAsync(Golden)), CreateRegistry(), provider);
    }
}
