using Microsoft.DurableTask;
using SelfImprove.Functions.Engine;
using SelfImprove.Functions.Tests.Fakes;
using SelfImprove.Orchestration;
using SelfImprove.Testing;
using static SelfImprove.Testing.OrchestrationScript;

namespace SelfImprove.Functions.Tests.Engine;

/// <summary>What the contract does not say, because only Durable Functions behaves so.</summary>
public sealed class DurableAdapterTests
{
    private readonly OrchestrationScript _script = new();

    [Fact]
    public async Task Event_AfterAWaitWasGivenUp_IsNotSwallowed()
    {
        _script.Main = async (context, _) =>
        {
            var first = await context.EventOrUntilAsync("go", context.Now.AddHours(1));
            return $"{first} {await context.EventAsync<string>("GO")}";
        };
        await using var host = Open();
        await host.Client.StartAsync(MainRef, "i", "");
        await host.RunUntilIdleAsync();
        await host.AdvanceAsync(TimeSpan.FromHours(2));
        await host.Client.RaiseEventAsync("i", "go", "came");

        (await host.RunToEndAsync("i")).OutputAs<string>().ShouldBe("False came");
    }

    [Fact]
    public async Task Fake_AWaitGivenUp_SwallowsTheNextEvent_AndTheLastWaiterComesFirst()
    {
        // What the adapter is tested against: without it, both would be lost on the orchestrator.
        var seen = new List<string>();
        await using var host = Open();
        var hub = new FakeDurableHub(host.Hub.Clock, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance)
        {
            Act = (_, _) => Task.FromResult("null"),
            Orchestrate = async context =>
            {
                seen.Clear();
                using var stop = new CancellationTokenSource();
                var (one, two, three) = (context.WaitForExternalEvent<string>("go"), context.WaitForExternalEvent<string>("go"), context.WaitForExternalEvent<string>("go", stop.Token));
                stop.Cancel();
                await two;
                seen.Add($"{one.IsCompleted} {two.Result} {three.IsCanceled}");
                return "";
            },
        };
        hub.Start("Raw", "raw", null);
        hub.Raise("raw", "go", "\"swallowed\"");
        hub.Raise("raw", "go", "\"last\"");
        await hub.RunUntilIdleAsync();

        seen.ShouldBe(["False last True"]);
    }

    [Fact]
    public async Task ContinueAsNew_EventsTakenAndUnread_ComeBeforeLaterOnes()
    {
        _script.Main = async (context, input) =>
        {
            if (input == "second")
                return string.Concat(await context.EventAsync<string>("go"), await context.EventAsync<string>("go"), await context.EventAsync<string>("go"));
            using var stop = new CancellationTokenSource();
            var given = context.EventAsync<string>("go", stop.Token);
            stop.Cancel();
            await context.EventAsync<string>("next");
            context.ContinueAsNew("second");
            return $"{given.Status}";
        };
        await using var host = Open();
        await host.Client.StartAsync(MainRef, "i", "first");
        await host.RunUntilIdleAsync();
        // The first is taken by the wait that was given up, the second comes in the same turn, the third after the code has ended.
        await host.Client.RaiseEventAsync("i", "go", "a");
        await host.RunUntilIdleAsync();
        await host.Client.RaiseEventAsync("i", "go", "b");
        await host.Client.RaiseEventAsync("i", "next", "");
        await host.Client.RaiseEventAsync("i", "go", "c");

        (await host.RunToEndAsync("i")).OutputAs<string>().ShouldBe("abc");
    }

    [Fact]
    public async Task ContinueAsNew_AWaitGivenUpTakesALateEvent_IsHandedToTheNextExecution()
    {
        _script.Main = async (context, input) =>
        {
            if (input == "second") return await context.EventAsync<string>("go");
            await context.EventOrUntilAsync("go", context.Now.AddMinutes(1));
            await context.EventAsync<string>("next");
            context.ContinueAsNew("second");
            return "";
        };
        await using var host = Open();
        await host.Client.StartAsync(MainRef, "i", "first");
        await host.AdvanceAsync(TimeSpan.Zero);
        await host.AdvanceAsync(TimeSpan.FromMinutes(2));
        await host.Client.RaiseEventAsync("i", "next", "");
        await host.Client.RaiseEventAsync("i", "go", "late");

        (await host.RunToEndAsync("i")).OutputAs<string>().ShouldBe("late");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Start_ExistingId_RunsNothingAgain_WhetherTheBackEndDedupesOrNot(bool dedupes)
    {
        await using var host = Open();
        host.Sdk.Dedupes = dedupes;
        (await host.Client.StartAsync(MainRef, "i", "first")).ShouldBeTrue();
        await host.RunToEndAsync("i");

        (await host.Client.StartAsync(MainRef, "i", "second")).ShouldBeFalse();
        (await host.RunToEndAsync("i")).OutputAs<string>().ShouldBe("first");
    }

    [Fact]
    public async Task Start_TwoAtOnce_TheSecondChangesNothing()
    {
        await using var host = Open();
        var first = true;
        host.Sdk.BeforeStart = id =>
        {
            if (!first) return;
            first = false;
            // Between the look and the start.
            host.Client.StartAsync(MainRef, "i", "other").GetAwaiter().GetResult().ShouldBeTrue();
        };

        (await host.Client.StartAsync(MainRef, "i", "mine")).ShouldBeFalse();
        (await host.RunToEndAsync("i")).OutputAs<string>().ShouldBe("other");
    }

    [Fact]
    public async Task Activity_WhoseHostBreaksDown_IsRetried()
    {
        _script.Main = (context, input) => context.CallAsync(WorkRef, input);
        await using var host = Open();
        host.Breakdowns.Enqueue(new TimeoutException("the function took too long"));
        host.Breakdowns.Enqueue(new OperationCanceledException("the host stops"));
        await host.Client.StartAsync(MainRef, "i", "in");

        (await host.RunToEndAsync("i")).OutputAs<string>().ShouldBe("in");
    }

    [Fact]
    public async Task Child_WhoseLookUpBreaksDown_IsStartedAllTheSame()
    {
        _script.Main = (context, input) => context.CallAsync(ChildRef, input);
        await using var host = Open();
        host.Breakdowns.Enqueue(new TimeoutException("the function took too long"));
        await host.Client.StartAsync(MainRef, "i", "in");

        (await host.RunToEndAsync("i")).OutputAs<string>().ShouldBe("in");
    }

    [Fact]
    public async Task Child_OfAnEndedInstancesId_IsNotRunAgain()
    {
        _script.Main = (context, input) => input == "parent" ? context.CallAsync(ChildRef, input, "once") : Task.FromResult(input);
        await using var host = Open();
        await host.Client.StartAsync(MainRef, "once", "paid for");
        await host.RunToEndAsync("once");
        await host.Client.StartAsync(MainRef, "i", "parent");

        (await host.RunToEndAsync("i")).Failure!.Type.ShouldBe("InstanceIdTaken");
        (await host.Client.GetAsync("once"))!.OutputAs<string>().ShouldBe("paid for");
    }

    [Fact]
    public async Task Ids_LongOrWithForbiddenCharacters_AreTheSameOnBothSides()
    {
        var longest = $"{new string('a', 63)}-0001/planning/12.3/label/{new string('b', 120)}";
        _script.Main = async (context, _) => $"{context.InstanceId} {await context.CallAsync(ChildRef, "")}";
        _script.Child = (context, _) => Task.FromResult(context.InstanceId);
        await using var host = Open();
        foreach (var id in new[] { "@odd#?\\~1/x", longest })
        {
            await host.Client.StartAsync(MainRef, id, "");
            (await host.RunToEndAsync(id)).OutputAs<string>().ShouldBe($"{id} {id}/1");
            var listed = new List<string>();
            await foreach (var state in host.Client.ListAsync(id + "/")) listed.Add(state.InstanceId);
            listed.ShouldBe([id + "/1"]);
        }
        host.Hub.Instances.ShouldAllBe(i => i.Id.Length <= 100 && i.Id.IndexOfAny(new[] { '/', '\\', '#', '?' }) < 0 && i.Id[0] != '@');
    }

    [Fact]
    public async Task State_SuspendedByAnOperator_IsParked()
    {
        _script.Main = (context, _) => context.EventAsync<string>("never");
        await using var host = Open();
        await host.Client.StartAsync(MainRef, "i", "");
        await host.RunUntilIdleAsync();
        await host.Sdk.SuspendInstanceAsync("i");

        (await host.Client.GetAsync("i"))!.Status.ShouldBe(OrchestrationStatus.Parked);
    }

    [Fact]
    public void Failure_WrappedByAHost_IsReadAllTheSame()
    {
        var wrapped = new TaskFailureDetails("Microsoft.Azure.WebJobs.Host.FunctionFailedException", "Orchestrator function 'Main' failed: BudgetExceededException (transient): none (left): sorry", null, null, null);
        var foreign = new TaskFailureDetails("System.OutOfMemoryException", "no memory", null, null, null);

        OrchestratorFailedException.Read(wrapped).ShouldBe(new Failure("BudgetExceededException", "none (left): sorry", true));
        OrchestratorFailedException.Read(foreign).ShouldBe(new Failure("OutOfMemoryException", "no memory", false));
    }

    private FakeDurableHost Open() => new(_script, null);
}
