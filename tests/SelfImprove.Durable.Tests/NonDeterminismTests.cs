using SelfImprove.Orchestration;
using SelfImprove.Testing;
using static SelfImprove.Testing.OrchestrationScript;

namespace SelfImprove.Durable.Tests;

/// <summary>Code that departs from its history is set aside with a message, and goes on once fixed.</summary>
public sealed class NonDeterminismTests
{
    private readonly OrchestrationScript _script = new();

    private static async Task<string> ReleasedAsync(OrchestrationContext context, string input)
    {
        var done = await context.CallAsync(WorkRef, input);
        return done + await context.EventAsync<string>("go");
    }

    private async Task<DurableHarness> RunReleasedThenDeployAsync(Func<OrchestrationContext, string, Task<string>> changed)
    {
        _script.Main = ReleasedAsync;
        var harness = await DurableHarness.OpenAsync(_script);
        await harness.Client.StartAsync(MainRef, "i", "in");
        await harness.RunUntilIdleAsync();
        _script.Main = changed;
        await harness.ReopenAsync();
        await harness.Client.RaiseEventAsync("i", "go", "!");
        await harness.RunUntilIdleAsync();
        return harness;
    }

    public static TheoryData<string, string> Changes => new()
    {
        { "name", "at step 2 history has activity 'Work' (call 1), the code asked for activity 'Other' (call 1)" },
        { "kind", "at step 2 history has activity 'Work' (call 1), the code asked for a timer (call 1)" },
        { "child", "at step 2 history has activity 'Work' (call 1), the code asked for child 'Child' with id 'i/1' (call 1)" },
        { "fewer", "at step 2 history has activity 'Work' (call 1), the code asked for a wait for event 'go' (call 1)" },
        { "event", "at step 4 history has a wait for event 'go' (call 2), the code asked for a wait for event 'start' (call 2)" },
        { "more", "at step 3 history has nothing more in that turn, the code asked for activity 'Other' (call 2)" },
        { "ended", "at step 4 history has a wait for event 'go' (call 2), the code asked for the end with an output" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Replay_CodeChanged_ParksAndNamesTheStep(string change, string message)
    {
        await using var harness = await RunReleasedThenDeployAsync(async (context, input) =>
        {
            switch (change)
            {
                case "name":
                    return await context.CallAsync(OtherRef, input);
                case "kind":
                    await context.SleepUntilAsync(context.Now.AddHours(1));
                    return "";
                case "child":
                    return await context.CallAsync(ChildRef, input);
                case "fewer":
                    return await context.EventAsync<string>("go");
            }
            var work = context.CallAsync(WorkRef, input);
            if (change == "more")
                _ = context.CallAsync(OtherRef, input);
            await work;
            return change == "ended" ? "" : await context.EventAsync<string>("start");
        });
        var state = (await harness.Client.GetAsync("i"))!;
        state.Status.ShouldBe(OrchestrationStatus.Parked);
        state.HasEnded.ShouldBeFalse();
        state.Failure!.Message.ShouldBe($"Instance 'i' of orchestrator 'Main' was recorded by other code: {message}. Deploy a build that matches its history, or terminate it.");
    }

    [Fact]
    public async Task Parked_CodeFixed_GoesOnWithWhatArrivedMeanwhile()
    {
        await using var harness = await RunReleasedThenDeployAsync((context, input) => context.CallAsync(OtherRef, input));
        await harness.Client.RaiseEventAsync("i", "go", "ignored: the first one is read");
        await harness.RunUntilIdleAsync();
        (await harness.Client.GetAsync("i"))!.Status.ShouldBe(OrchestrationStatus.Parked);
        await harness.ReopenAsync();
        await harness.RunUntilIdleAsync();
        (await harness.Client.GetAsync("i"))!.Status.ShouldBe(OrchestrationStatus.Parked);
        _script.Main = ReleasedAsync;
        await harness.ReopenAsync();
        var state = await harness.RunToEndAsync("i");
        state.OutputAs<string>().ShouldBe("in!");
        state.Failure.ShouldBeNull();
    }

    [Fact]
    public async Task Parked_ActivityResultArrives_IsKeptAcrossARestart()
    {
        var runs = 0;
        _script.Work = (_, input, _) =>
        {
            runs++;
            return Task.FromResult(input);
        };
        _script.Main = async (context, input) =>
        {
            var slow = context.CallAsync(WorkRef, input);
            return await context.EventAsync<string>("go") + await slow;
        };
        await using var harness = await DurableHarness.OpenAsync(_script);
        await harness.Client.StartAsync(MainRef, "i", "in");
        harness.CrashAt(3, CommitPhase.Before); // the activity has run, its result is not yet kept
        await Should.ThrowAsync<SimulatedCrashException>(harness.RunUntilIdleAsync);
        var released = _script.Main;
        _script.Main = (context, input) => context.CallAsync(OtherRef, input);
        await harness.ReopenAsync();
        await harness.RunUntilIdleAsync(); // parks, and runs the activity that is still wanted
        (await harness.Client.GetAsync("i"))!.Status.ShouldBe(OrchestrationStatus.Parked);
        runs.ShouldBe(2);
        _script.Main = released;
        await harness.ReopenAsync();
        await harness.Client.RaiseEventAsync("i", "go", "!");
        (await harness.RunToEndAsync("i")).OutputAs<string>().ShouldBe("!in");
        runs.ShouldBe(2);
    }

    [Fact]
    public async Task Parked_Terminated_Ends()
    {
        await using var harness = await RunReleasedThenDeployAsync((context, input) => context.CallAsync(OtherRef, input));
        await harness.Client.TerminateAsync("i", "given up");
        (await harness.Client.WaitAsync("i")).Status.ShouldBe(OrchestrationStatus.Terminated);
    }

    [Fact]
    public async Task Start_OrchestratorUnknown_Throws()
    {
        await using var harness = await DurableHarness.OpenAsync(_script);
        var error = await Should.ThrowAsync<ArgumentException>(() => harness.Client.StartAsync(new OrchestratorRef<string, string>("Gone"), "i", ""));
        error.Message.ShouldContain("No orchestrator named 'Gone' is registered");
    }

    [Fact]
    public async Task Child_OrchestratorUnknown_ParksTheChild()
    {
        _script.Main = (context, input) => context.CallAsync(new OrchestratorRef<string, string>("Gone"), input);
        await using var harness = await DurableHarness.OpenAsync(_script);
        (await harness.RunMainAsync("i")).Status.ShouldBe(OrchestrationStatus.Running);
        var child = (await harness.Client.GetAsync("i/1"))!;
        child.Status.ShouldBe(OrchestrationStatus.Parked);
        child.Failure!.Message.ShouldBe("No orchestrator named 'Gone' is registered. Deploy a build that has it, or terminate instance 'i/1'.");
    }

    [Fact]
    public async Task Turn_AwaitsATaskThatIsNotDurable_ParksWithAClearMessage()
    {
        _script.Main = async (context, input) =>
        {
            await context.CallAsync(WorkRef, input);
            await new TaskCompletionSource().Task;
            return "";
        };
        await using var harness = await DurableHarness.OpenAsync(_script);
        var state = await harness.RunMainAsync("i");
        state.Status.ShouldBe(OrchestrationStatus.Parked);
        state.Failure!.Message.ShouldContain("its code awaits a task that is not durable");
    }

    [Fact]
    public async Task Turn_LeavesItsThread_ParksWithAClearMessage()
    {
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _script.Main = async (context, input) =>
        {
            await context.CallAsync(WorkRef, input).ConfigureAwait(false); // from here on another thread
            try
            {
                return await context.CallAsync(OtherRef, input);
            }
            catch (InvalidOperationException)
            {
                left.SetResult();
                throw;
            }
        };
        await using var harness = await DurableHarness.OpenAsync(_script);
        var state = await harness.RunMainAsync("i");
        await left.Task;
        state.Status.ShouldBe(OrchestrationStatus.Parked);
        state.Failure!.Message.ShouldContain("Await only what the context gives.");
    }

    [Fact]
    public async Task Turn_RestartsForEver_Fails()
    {
        _script.Main = (context, input) =>
        {
            context.ContinueAsNew(input);
            return Task.FromResult("");
        };
        await using var harness = await DurableHarness.OpenAsync(_script);
        var state = await harness.RunMainAsync("i");
        state.Status.ShouldBe(OrchestrationStatus.Failed);
        state.Failure!.Message.ShouldBe("Instance 'i' continued as new 10,000 times without waiting for anything.");
    }
}
