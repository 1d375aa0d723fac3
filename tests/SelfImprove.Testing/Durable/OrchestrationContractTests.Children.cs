using SelfImprove.Orchestration;
using static SelfImprove.Testing.OrchestrationScript;

namespace SelfImprove.Testing;

/// <summary>Children: their ids, failures, and lives of their own.</summary>
public abstract partial class OrchestrationContractTests
{
    [Fact]
    public async Task Child_Called_RunsUnderAnIdOfItsOwn()
    {
        Script.Child = (context, input) => Task.FromResult($"{context.InstanceId}:{input}");
        var state = await RunAsync(async (context, _) =>
            $"{await context.CallAsync(ChildRef, "a")} {await context.CallAsync(ChildRef, "b", "named")} {await context.CallAsync(ChildRef, "c")}");
        state.OutputAs<string>().ShouldBe("i/1:a named:b i/3:c");
    }

    [Fact]
    public async Task Null_AsOutputInputAndPayload_IsAValueAtEveryReplay()
    {
        Script.Child = (_, input) => Task.FromResult<string>(input is null ? null! : "input was lost");
        Script.Work = (_, input, _) => Task.FromResult<string>(input is null ? null! : "input was lost");
        Script.Main = async (context, _) =>
        {
            var (child, work) = (await context.CallAsync(ChildRef, null!), await context.CallAsync(WorkRef, null!));
            var payload = await context.EventAsync<string?>("go");
            await context.SleepUntilAsync(context.Now.AddHours(1));
            return $"{child ?? "null"} {work ?? "null"} {payload ?? "null"}";
        };
        await using var host = await OpenAsync();
        await host.Client.StartAsync(MainRef, "i", "in");
        await host.Client.RaiseEventAsync<string?>("i", "go", null);
        await host.RunUntilIdleAsync();
        await host.Client.StartAsync(ChildRef, "nothing", null!);

        (await host.RunToEndAsync("i")).OutputAs<string>().ShouldBe("null null null");
        var nothing = await host.RunToEndAsync("nothing");
        (nothing.Status, nothing.OutputAs<string>()).ShouldBe((OrchestrationStatus.Completed, null));
    }

    [Fact]
    public async Task Child_Fails_ParentGetsItsFailure()
    {
        Script.Work = (_, _, _) => throw new FormatException("bad row 7");
        Script.Child = (context, input) => context.CallAsync(WorkRef, input);
        var state = await RunAsync((context, input) => context.CallAsync(ChildRef, input));
        state.Failure.ShouldBe(new Failure("FormatException", "Child: Work: bad row 7", false));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Child_NotAwaited_RunsThoughItsParentEnds(bool parentFails)
    {
        Script.Child = (_, input) => Task.FromResult($"ran {input}");
        Script.Main = (context, input) =>
        {
            _ = context.CallAsync(ChildRef, input, "aside");
            return parentFails ? throw new FormatException("bad") : Task.FromResult("done");
        };
        await using var host = await OpenAsync();
        await host.Client.StartAsync(MainRef, "i", "in");
        await host.RunToEndAsync("i");
        await host.RunUntilIdleAsync();
        (await host.Client.GetAsync("aside")).ShouldNotBeNull().OutputAs<string>().ShouldBe("ran in");
    }

    [Fact]
    public async Task Child_IdTaken_FailsTheCallAndLeavesTheOtherAlone()
    {
        Script.Main = async (context, input) =>
        {
            if (input == "squatter")
                return await context.EventAsync<string>("never");
            return await context.CallAsync(ChildRef, input, "taken");
        };
        await using var host = await OpenAsync();
        await host.Client.StartAsync(MainRef, "taken", "squatter");
        await host.RunUntilIdleAsync();
        await host.Client.StartAsync(MainRef, "i", "in");
        var state = await host.RunToEndAsync("i");
        state.Failure!.Type.ShouldBe("InstanceIdTaken");
        state.Failure.Message.ShouldContain("'taken'");
        (await host.Client.GetAsync("taken"))!.Status.ShouldBe(OrchestrationStatus.Running);
    }
}
