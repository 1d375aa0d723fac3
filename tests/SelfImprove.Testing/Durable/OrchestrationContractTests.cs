using SelfImprove.Orchestration;
using static SelfImprove.Testing.OrchestrationScript;

namespace SelfImprove.Testing;

/// <summary>What every engine behind the seam promises: starts, activities, failures, children, timers, limits. Inherited once per engine.</summary>
public abstract partial class OrchestrationContractTests
{
    protected OrchestrationScript Script { get; } = new();

    /// <summary>Opens the engine under test over the script's registry and services.</summary>
    protected abstract Task<IOrchestrationHost> OpenAsync(CollectingLogger? logger = null);

    private async Task<OrchestrationState> RunAsync(Func<OrchestrationContext, string, Task<string>> main, string input = "in", string id = "i")
    {
        Script.Main = main;
        await using var host = await OpenAsync();
        await host.Client.StartAsync(MainRef, id, input);
        return await host.RunToEndAsync(id);
    }

    // Inside an orchestrator: an assertion library may leave the turn's thread.
    private static async Task<bool> IsCancelledAsync(Task task)
    {
        try
        {
            await task;
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    [Fact]
    public async Task Start_ExistingId_ChangesNothingWhateverItsState()
    {
        Script.Main = async (context, input) => input + await context.EventAsync<string>("go");
        await using var host = await OpenAsync();
        (await host.Client.StartAsync(MainRef, "i", "first")).ShouldBeTrue();
        (await host.Client.StartAsync(MainRef, "i", "second")).ShouldBeFalse();
        await host.RunUntilIdleAsync();
        (await host.Client.StartAsync(MainRef, "i", "third")).ShouldBeFalse();
        await host.Client.RaiseEventAsync("i", "go", "!");
        (await host.RunToEndAsync("i")).OutputAs<string>().ShouldBe("first!");
        (await host.Client.StartAsync(MainRef, "i", "fourth")).ShouldBeFalse();
        (await host.RunToEndAsync("i")).OutputAs<string>().ShouldBe("first!");
    }

    [Fact]
    public async Task State_AtEachStage_SaysWhereTheInstanceStands()
    {
        Script.Main = async (context, _) =>
        {
            context.SetStatus(new { stage = "waiting" });
            await context.SleepUntilAsync(context.Now.AddHours(1));
            return "done";
        };
        await using var host = await OpenAsync();
        (await host.Client.GetAsync("i")).ShouldBeNull();
        await host.Client.StartAsync(MainRef, "i", "in");
        var started = host.Now;
        (await host.Client.GetAsync("i"))!.Status.ShouldBe(OrchestrationStatus.Pending);
        await host.RunUntilIdleAsync();
        var running = (await host.Client.GetAsync("i"))!;
        running.Status.ShouldBe(OrchestrationStatus.Running);
        running.HasEnded.ShouldBeFalse();
        running.CustomStatus.ShouldBe("""{"stage":"waiting"}""");
        await host.RunToEndAsync("i");
        var state = await host.Client.WaitAsync("i");
        state.ShouldBe(new OrchestrationState(
            "i", "Main", OrchestrationStatus.Completed, started, started.AddHours(1), "\"in\"", "\"done\"", """{"stage":"waiting"}""", null));
    }

    [Fact]
    public async Task Activity_Called_SeesItsCallerAndGivesItsValue()
    {
        var seen = new List<ActivityContext>();
        Script.Work = (context, input, _) =>
        {
            seen.Add(context);
            return Task.FromResult(input.ToUpperInvariant());
        };
        var state = await RunAsync(async (context, input) => await context.CallAsync(WorkRef, input + "a") + await context.CallAsync(WorkRef, "b"));
        state.OutputAs<string>().ShouldBe("INAB");
        seen.Select(context => context.InstanceId).ShouldBe(["i", "i"]);
        seen.Select(context => context.Activity).ShouldBe(["Work", "Work"]);
        seen[0].InputHash.ShouldBe("97743cdc1eb0f272"); // SHA-256 of "ina" with its quotes
        seen[0].Key.ShouldBe("i/Work/97743cdc1eb0f272");
        seen[1].InputHash.ShouldNotBe(seen[0].InputHash);
    }

    [Fact]
    public async Task Activity_TransientFailures_AreRetriedOnTimersWithBackoff()
    {
        var times = new List<DateTimeOffset>();
        IOrchestrationHost? host = null;
        Script.Work = (_, _, _) =>
        {
            times.Add(host!.Now);
            return times.Count < 4 ? throw new TransientException("busy") : Task.FromResult("ok");
        };
        Script.Main = (context, input) => context.CallAsync(WorkRef, input);
        await using (host = await OpenAsync())
        {
            await host.Client.StartAsync(MainRef, "i", "in");
            (await host.RunToEndAsync("i")).OutputAs<string>().ShouldBe("ok");
        }
        times.Select(time => (time - times[0]).TotalSeconds).ShouldBe([0, 2, 6, 14]);
    }

    [Fact]
    public async Task Activity_TransientToTheEnd_FailsAfterAllAttempts()
    {
        var attempts = 0;
        Script.Work = (_, _, _) =>
        {
            attempts++;
            throw new TransientException("busy");
        };
        var state = await RunAsync((context, input) => context.CallAsync(WorkRef, input, new RetryPolicy(3, TimeSpan.FromSeconds(1), 1, TimeSpan.FromSeconds(1))));
        attempts.ShouldBe(3);
        state.Status.ShouldBe(OrchestrationStatus.Failed);
        state.Failure.ShouldBe(new Failure("TransientException", "Work: busy", true));
    }

    [Fact]
    public async Task Activity_LastingFailure_IsDataTheCallerCanCatch()
    {
        var attempts = 0;
        Script.Work = (_, _, _) =>
        {
            attempts++;
            throw new FormatException("not a number");
        };
        var state = await RunAsync(async (context, input) =>
        {
            try
            {
                return await context.CallAsync(WorkRef, input);
            }
            catch (OrchestrationFailureException e)
            {
                return $"{e.Callee}|{e.Failure.Type}|{e.Failure.Message}|{e.Failure.IsTransient}";
            }
        });
        attempts.ShouldBe(1);
        state.OutputAs<string>().ShouldBe("Work|FormatException|not a number|False");
    }

    [Fact]
    public async Task Activity_NotRegistered_FailsByName()
    {
        var state = await RunAsync((context, input) => context.CallAsync(new ActivityRef<string, string>("Nobody"), input));
        state.Status.ShouldBe(OrchestrationStatus.Failed);
        state.Failure!.Message.ShouldContain("No activity named 'Nobody' is registered");
    }

    [Fact]
    public async Task Orchestrator_Throws_EndsFailedWithTheReason()
    {
        var state = await RunAsync((_, _) => throw new InvalidOperationException("no plan fits the budget"));
        state.Status.ShouldBe(OrchestrationStatus.Failed);
        state.Failure.ShouldBe(new Failure("InvalidOperationException", "no plan fits the budget", false));
        state.Output.ShouldBeNull();
    }

    [Fact]
    public async Task FanOut_HundredCalls_AllComeBackInPlace()
    {
        Script.Child = (context, input) => context.CallAsync(WorkRef, input);
        var state = await RunAsync(async (context, _) => string.Join(",", await Task.WhenAll(
            Enumerable.Range(0, 50).SelectMany(i => new[] { context.CallAsync(WorkRef, $"w{i}"), context.CallAsync(ChildRef, $"c{i}") }))));
        state.OutputAs<string>().ShouldBe(string.Join(",", Enumerable.Range(0, 50).Select(i => $"w{i},c{i}")));
    }

    [Fact]
    public async Task FanOut_OverHundredCalls_Throws()
    {
        var state = await RunAsync(async (context, _) => string.Concat(await Task.WhenAll(Enumerable.Range(0, 101).Select(i => context.CallAsync(WorkRef, $"{i}")))));
        state.Status.ShouldBe(OrchestrationStatus.Failed);
        state.Failure!.Message.ShouldContain("at most 100 are allowed at once");
    }

    [Fact]
    public async Task Timer_Due_WakesAtItsTime()
    {
        var state = await RunAsync(async (context, _) =>
        {
            var start = context.Now;
            await context.SleepUntilAsync(start.AddDays(40));
            await context.SleepUntilAsync(start.AddDays(1)); // already past
            return (context.Now - start).TotalDays.ToString(System.Globalization.CultureInfo.InvariantCulture);
        });
        state.OutputAs<string>().ShouldBe("40");
    }

    [Fact]
    public async Task Timer_Cancelled_ThrowsAndNeverFires()
    {
        DateTimeOffset? start = null;
        Script.Main = async (context, _) =>
        {
            start ??= context.Now;
            using var stop = new CancellationTokenSource();
            var sleep = context.SleepUntilAsync(context.Now.AddDays(1), stop.Token);
            await context.CallAsync(WorkRef, "");
            stop.Cancel();
            return await IsCancelledAsync(sleep) ? "cancelled" : "not cancelled";
        };
        await using var host = await OpenAsync();
        await host.Client.StartAsync(MainRef, "i", "");
        (await host.RunToEndAsync("i")).OutputAs<string>().ShouldBe("cancelled");
        host.Now.ShouldBe(start!.Value);
    }

    [Theory]
    [InlineData("input of activity 'Work'")]
    [InlineData("output of activity 'Work'")]
    [InlineData("input of child 'Child'")]
    [InlineData("output of orchestrator 'Child'")]
    [InlineData("output of orchestrator 'Main'")]
    public async Task Payload_Over48KiB_FailsByNameAndSize(string step)
    {
        var large = new string('x', SeamPayload.MaxBytes - 1); // and two quotes
        Script.Work = (_, _, _) => Task.FromResult(large);
        Script.Child = (_, _) => Task.FromResult(large);
        var state = await RunAsync((context, _) => step switch
        {
            "input of activity 'Work'" => context.CallAsync(WorkRef, large),
            "output of activity 'Work'" => context.CallAsync(WorkRef, ""),
            "input of child 'Child'" => context.CallAsync(ChildRef, large),
            "output of orchestrator 'Child'" => context.CallAsync(ChildRef, ""),
            _ => Task.FromResult(large),
        });
        state.Status.ShouldBe(OrchestrationStatus.Failed);
        state.Failure!.Type.ShouldBe(nameof(PayloadLimitException));
        state.Failure.Message.ShouldContain($"The {step} is 49,153 bytes of JSON; at most 49,152 are allowed");
    }

    [Fact]
    public async Task Payload_OfExactly48KiB_Passes()
    {
        var large = new string('x', SeamPayload.MaxBytes - 2);
        (await RunAsync((context, input) => context.CallAsync(WorkRef, input), large)).OutputAs<string>().ShouldBe(large);
    }

    [Fact]
    public async Task Status_Over8KiB_Throws()
    {
        var state = await RunAsync((context, _) =>
        {
            context.SetStatus(new string('ä', 4096));
            return Task.FromResult("");
        });
        state.Failure!.Message.ShouldContain("The status of instance 'i' is 8,194 bytes of JSON; at most 8,192 are allowed");
    }
}
