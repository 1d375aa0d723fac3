using Microsoft.Extensions.Logging;
using SelfImprove.Orchestration;
using static SelfImprove.Testing.OrchestrationScript;

namespace SelfImprove.Testing;

/// <summary>The contract: events, continuing as new, ending from outside, determinism.</summary>
public abstract partial class OrchestrationContractTests
{
    [Fact]
    public async Task Event_BeforeItsReader_IsKeptInOrderAndReadWithoutCase()
    {
        Script.Main = async (context, _) =>
        {
            await context.SleepUntilAsync(context.Now.AddHours(1));
            return await context.EventAsync<string>("APPROVED-1") + await context.EventAsync<string>("Approved-1") + await context.EventAsync<int>("count");
        };
        await using var host = await OpenAsync();
        await host.Client.StartAsync(MainRef, "i", "");
        await host.Client.RaiseEventAsync("i", "approved-1", "a");
        await host.RunUntilIdleAsync();
        await host.Client.RaiseEventAsync("i", "count", 7);
        await host.Client.RaiseEventAsync("i", "Approved-1", "b");
        (await host.RunToEndAsync("i")).OutputAs<string>().ShouldBe("ab7");
    }

    [Fact]
    public async Task Event_AfterItsReaders_GoesToTheFirst()
    {
        Script.Main = async (context, _) =>
        {
            var (first, second) = (context.EventAsync<string>("go"), context.EventAsync<string>("GO"));
            return await first + await second;
        };
        await using var host = await OpenAsync();
        await host.Client.StartAsync(MainRef, "i", "");
        await host.RunUntilIdleAsync();
        await host.Client.RaiseEventAsync("i", "go", "1");
        await host.RunUntilIdleAsync();
        await host.Client.RaiseEventAsync("i", "go", "2");
        (await host.RunToEndAsync("i")).OutputAs<string>().ShouldBe("12");
    }

    [Fact]
    public async Task Event_Doubled_DoesNotMatterToAnotherName()
    {
        Script.Main = async (context, _) => await context.EventAsync<string>("gate-1") + await context.EventAsync<string>("gate-2");
        await using var host = await OpenAsync();
        await host.Client.StartAsync(MainRef, "i", "");
        await host.RunUntilIdleAsync();
        await host.Client.RaiseEventAsync("i", "gate-1", "yes");
        await host.Client.RaiseEventAsync("i", "gate-1", "yes");
        await host.RunUntilIdleAsync();
        await host.Client.RaiseEventAsync("i", "gate-2", "no");
        (await host.RunToEndAsync("i")).OutputAs<string>().ShouldBe("yesno");
    }

    [Fact]
    public async Task Event_CancelledWait_ThrowsAndTheCodeGoesOn()
    {
        Script.Main = async (context, _) =>
        {
            using var stop = new CancellationTokenSource();
            var wait = context.EventAsync<string>("go", stop.Token);
            await context.CallAsync(WorkRef, "");
            stop.Cancel();
            if (!await IsCancelledAsync(wait) || !await IsCancelledAsync(context.EventAsync<string>("go", stop.Token)))
                return "not cancelled";
            return await context.EventAsync<string>("other");
        };
        await using var host = await OpenAsync();
        await host.Client.StartAsync(MainRef, "i", "");
        await host.RunUntilIdleAsync();
        await host.Client.RaiseEventAsync("i", "other", "on");
        (await host.RunToEndAsync("i")).OutputAs<string>().ShouldBe("on");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task EventOrUntil_EventOrTime_SaysWhichCame(bool raise)
    {
        Script.Main = async (context, _) =>
        {
            var start = context.Now;
            var came = await context.EventOrUntilAsync("go", start.AddHours(1));
            await context.CallAsync(WorkRef, "");
            return $"{came} {(context.Now - start).TotalMinutes}";
        };
        await using var host = await OpenAsync();
        await host.Client.StartAsync(MainRef, "i", "");
        await host.AdvanceAsync(TimeSpan.FromMinutes(5));
        await host.AdvanceAsync(TimeSpan.FromMinutes(5));
        if (raise)
            await host.Client.RaiseEventAsync("i", "go", new { any = "payload" });
        (await host.RunToEndAsync("i")).OutputAs<string>().ShouldBe(raise ? "True 5" : "False 60");
    }

    [Fact]
    public async Task Event_ToUnknownOrEndedInstance_HasNoEffect()
    {
        await using var host = await OpenAsync();
        await host.Client.RaiseEventAsync("nobody", "go", "");
        await host.Client.StartAsync(MainRef, "i", "in");
        var before = await host.RunToEndAsync("i");
        await host.Client.RaiseEventAsync("i", "go", "");
        await host.RunUntilIdleAsync();
        (await host.Client.GetAsync("i")).ShouldBe(before);
        (await host.Client.GetAsync("nobody")).ShouldBeNull();
    }

    [Fact]
    public async Task ContinueAsNew_Repeated_StartsAfreshWithTheNewInputAndOtherIds()
    {
        Script.Child = (context, _) => Task.FromResult($"{context.InstanceId}={context.NewGuid()}");
        var children = new List<string>();
        Script.Work = (_, input, _) =>
        {
            children.Add(input);
            return Task.FromResult("");
        };
        var state = await RunAsync(async (context, input) =>
        {
            await context.CallAsync(WorkRef, $"{context.NewGuid()} {await context.CallAsync(ChildRef, "")}");
            if (input.Length < 5)
                context.ContinueAsNew(input + "x");
            return input;
        }, "in");
        state.OutputAs<string>().ShouldBe("inxxx");
        state.Input.ShouldBe("\"inxxx\"");
        children.Distinct().Count().ShouldBe(4);
    }

    [Fact]
    public async Task ContinueAsNew_UnreadEvents_SurviveInOrder()
    {
        Script.Main = async (context, input) =>
        {
            input += await context.EventAsync<string>("item");
            if (input.Length < 4)
            {
                context.ContinueAsNew(input);
                return "";
            }
            return input;
        };
        await using var host = await OpenAsync();
        await host.Client.StartAsync(MainRef, "i", "");
        await host.RunUntilIdleAsync();
        foreach (var item in new[] { "a", "b", "c" })
            await host.Client.RaiseEventAsync("i", "ITEM", item);
        await host.RunUntilIdleAsync();
        await host.Client.RaiseEventAsync("i", "item", "d");
        (await host.RunToEndAsync("i")).OutputAs<string>().ShouldBe("abcd");
    }

    [Theory]
    [InlineData("activity", "1 calls and 0 timers")]
    [InlineData("timer", "0 calls and 1 timers")]
    public async Task ContinueAsNew_WithWorkOutstanding_Throws(string work, string counts)
    {
        var state = await RunAsync((context, _) =>
        {
            var outstanding = work == "timer" ? (Task)context.SleepUntilAsync(context.Now.AddHours(1)) : context.CallAsync(WorkRef, "");
            context.ContinueAsNew("again");
            return Task.FromResult($"{outstanding.Status}");
        });
        state.Status.ShouldBe(OrchestrationStatus.Failed);
        state.Failure!.Message.ShouldContain($"ContinueAsNew with {counts} outstanding");
    }

    [Fact]
    public async Task ContinueAsNew_ThenACall_Throws()
    {
        var state = await RunAsync((context, input) =>
        {
            context.ContinueAsNew("again");
            return context.CallAsync(WorkRef, input);
        });
        state.Failure!.Message.ShouldContain("asked for activity 'Work' after ContinueAsNew");
    }

    [Fact]
    public async Task Terminate_Parent_EndsItsChildrenWithIt()
    {
        Script.Main = (context, input) => context.CallAsync(ChildRef, input, "child");
        Script.Child = async (context, input) => input.Length > 1 ? await context.CallAsync(ChildRef, "x", "grandchild") : await context.EventAsync<string>("never");
        await using var host = await OpenAsync();
        await host.Client.StartAsync(MainRef, "i", "in");
        await host.RunUntilIdleAsync();
        await host.Client.TerminateAsync("i", "no longer wanted");
        await host.RunUntilIdleAsync();
        foreach (var id in new[] { "i", "child", "grandchild" })
        {
            var state = (await host.Client.GetAsync(id))!;
            state.Status.ShouldBe(OrchestrationStatus.Terminated);
            state.Failure!.Message.ShouldBe("no longer wanted");
        }
        (await host.Client.WaitAsync("i")).HasEnded.ShouldBeTrue();
    }

    [Fact]
    public async Task Terminate_Child_FailsTheParentsCall()
    {
        Script.Main = (context, input) => context.CallAsync(ChildRef, input, "child");
        Script.Child = (context, _) => context.EventAsync<string>("never");
        await using var host = await OpenAsync();
        await host.Client.StartAsync(MainRef, "i", "in");
        await host.RunUntilIdleAsync();
        await host.Client.TerminateAsync("child", "stuck");
        var state = await host.RunToEndAsync("i");
        state.Status.ShouldBe(OrchestrationStatus.Failed);
        state.Failure!.Message.ShouldContain("stuck");
    }

    [Fact]
    public async Task Purge_ByAge_ForgetsEndedInstancesAlone()
    {
        Script.Main = (context, input) => input == "wait" ? context.EventAsync<string>("never") : Task.FromResult(input);
        await using var host = await OpenAsync();
        await host.Client.StartAsync(MainRef, "old", "");
        await host.Client.StartAsync(MainRef, "waiting", "wait");
        await host.AdvanceAsync(TimeSpan.FromDays(2));
        await host.Client.StartAsync(MainRef, "new", "");
        await host.RunUntilIdleAsync();
        await host.Client.TerminateAsync("nobody", "without effect");
        (await host.Client.PurgeAsync(host.Now.AddDays(-1))).ShouldBe(0); // "old" ended only after the clock had moved
        (await host.Client.PurgeAsync(host.Now.AddDays(1))).ShouldBe(2);
        var left = new List<string>();
        await foreach (var state in host.Client.ListAsync())
            left.Add(state.InstanceId);
        left.ShouldBe(["waiting"]);
        (await host.Client.StartAsync(MainRef, "old", "")).ShouldBeTrue();
    }

    [Fact]
    public async Task List_ByPrefix_GivesThoseInOrderOfId()
    {
        await using var host = await OpenAsync();
        foreach (var id in new[] { "b/2", "a/1", "b/10", "c", "b" })
            await host.Client.StartAsync(MainRef, id, "");
        var listed = new List<string>();
        await foreach (var state in host.Client.ListAsync("b/"))
            listed.Add(state.InstanceId);
        listed.ShouldBe(["b/10", "b/2"]);
    }

    [Fact]
    public async Task NewGuidAndNow_AtEveryReplay_AreTheSame()
    {
        var runs = new List<string>();
        Script.Main = async (context, _) =>
        {
            var seen = $"{context.NewGuid()} {context.NewGuid()} {context.Now:O}";
            await context.SleepUntilAsync(context.Now.AddHours(1));
            seen += $" {context.NewGuid()} {context.Now:O}";
            await context.CallAsync(WorkRef, "");
            runs.Add(seen);
            return seen;
        };
        await using var host = await OpenAsync();
        await host.Client.StartAsync(MainRef, "i", "");
        var first = (await host.RunToEndAsync("i")).OutputAs<string>()!;
        await host.Client.StartAsync(MainRef, "j", "");
        var second = (await host.RunToEndAsync("j")).OutputAs<string>()!;
        runs.Where(run => run == first).ShouldNotBeEmpty();
        var guids = first.Split(' ').Concat(second.Split(' ')).Where(word => Guid.TryParse(word, out _)).ToList();
        guids.Count.ShouldBe(6);
        guids.Distinct().Count().ShouldBe(6);
        runs.Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public async Task Logger_WhileReplaying_IsSilent()
    {
        var logger = new CollectingLogger();
        Script.Main = async (context, _) =>
        {
            context.Logger.LogInformation("one");
            await context.CallAsync(WorkRef, "");
            context.Logger.LogInformation("two");
            await context.SleepUntilAsync(context.Now.AddHours(1));
            context.Logger.LogInformation("three");
            return "";
        };
        await using var host = await OpenAsync(logger);
        await host.Client.StartAsync(MainRef, "i", "");
        await host.RunToEndAsync("i");
        logger.Lines.Where(line => line is "one" or "two" or "three").ShouldBe(["one", "two", "three"]);
    }
}
