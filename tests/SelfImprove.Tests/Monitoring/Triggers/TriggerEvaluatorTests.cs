using System.Text.Json;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Monitoring.Signals;
using SelfImprove.Monitoring.Triggers;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Storage;

namespace SelfImprove.Tests.Monitoring.Triggers;

public sealed class TriggerEvaluatorTests
{
    private static readonly TriggerSettings Request = new() { Kind = TriggerKind.Request };
    private static readonly TriggerSettings Trend = new() { Kind = TriggerKind.Trend };
    private static readonly TriggerSettings Threshold = new() { Kind = TriggerKind.Threshold };
    private static readonly TriggerSettings Return = new() { Kind = TriggerKind.Return };
    private static readonly TriggerSettings Daily = new() { Kind = TriggerKind.Schedule, Cron = "0 3 * * *" };

    [Theory]
    [InlineData(RequesterKind.Critic, null, "critic")]
    [InlineData(RequesterKind.Planner, null, "planner")]
    [InlineData(RequesterKind.Person, "ada", "person:ada")]
    [InlineData(RequesterKind.Agent, "checkout", "agent:checkout")]
    public async Task EvaluateAsync_SomebodyAsked_StartsARunOnce(RequesterKind kind, string? name, string by)
    {
        var world = await new TriggerWorld().WithAgentAsync(Request);
        await world.AskAsync(kind, name);

        var decision = await world.EvaluateAsync();

        decision.Outcome.ShouldBe(TriggerOutcome.Fired);
        decision.Start.ShouldBe(new RunStart("helpdesk-0001", new ImprovementCause(TriggerKind.Request, by, "too many wrong routes"), 1, ImprovementMode.Auto));
        (await world.Requests.GetAsync("helpdesk", "r1"))!.Run.ShouldBe("helpdesk-0001");
        await FinishAsync(world, "helpdesk-0001");
        await world.AskAsync(kind, name);
        (await world.EvaluateAsync()).Outcome.ShouldBe(TriggerOutcome.Idle);
    }

    [Fact]
    public async Task EvaluateAsync_NoRequestTrigger_HearsPersonsOnly()
    {
        var world = await new TriggerWorld().WithAgentAsync();
        await world.AskAsync(RequesterKind.Critic);
        (await world.EvaluateAsync()).Policies[0].Reason.ShouldContain("not heard");

        await world.AskAsync(RequesterKind.Person, "ada", "r2");
        (await world.EvaluateAsync()).Start!.Cause.By.ShouldBe("person:ada");
    }

    [Fact]
    public async Task EvaluateAsync_SeveralAsked_NamesEachOnce()
    {
        var world = await new TriggerWorld().WithAgentAsync(Request);
        await world.AskAsync(RequesterKind.Critic);
        await world.AskAsync(RequesterKind.Person, "ada", "r2");

        var cause = (await world.EvaluateAsync()).Start!.Cause;

        cause.By.ShouldBe("person:ada");
        cause.Evidence.ShouldBe("too many wrong routes; critic: too many wrong routes");
    }

    [Fact]
    public async Task EvaluateAsync_OldRequest_Expires()
    {
        var world = await new TriggerWorld().WithAgentAsync(Request);
        await world.AskAsync(RequesterKind.Critic);
        world.Clock.Advance(TimeSpan.FromDays(8));

        (await world.EvaluateAsync()).Outcome.ShouldBe(TriggerOutcome.Idle);
        (await world.Requests.WaitingAsync("helpdesk")).ShouldBeEmpty();
    }

    [Fact]
    public async Task EvaluateAsync_TrendAndThreshold_BothInTheCause()
    {
        var world = await new TriggerWorld().WithAgentAsync(Threshold, Trend);
        await world.SignalAsync(new Traffic("a").Judge(600, 0.92).Signals());
        (await world.EvaluateAsync()).Outcome.ShouldBe(TriggerOutcome.Idle);

        await world.SignalAsync(new Traffic("a").Judge(600, 0.92).Judge(300, 0.5).Signals());
        var decision = await world.EvaluateAsync();

        decision.Outcome.ShouldBe(TriggerOutcome.Fired);
        decision.Generation.ShouldBe(7);
        decision.Start!.Cause.Kind.ShouldBe(TriggerKind.Trend);
        decision.Start.Cause.Evidence.ShouldSatisfyAllConditions(e => e.ShouldContain("Reward fell"), e => e.ShouldContain("the target is 0.9"));
    }

    [Theory]
    [InlineData(30, 15, TriggerOutcome.Fired)]
    [InlineData(20, 15, TriggerOutcome.Idle)]
    public async Task EvaluateAsync_Return_FiresFromTheMinimumOn(int gain, int cost, TriggerOutcome outcome)
    {
        var world = await new TriggerWorld(new Estimator(new ReturnEstimate(gain, cost, "teacher, 400 rows"))).WithAgentAsync(Return);

        (await world.EvaluateAsync()).Outcome.ShouldBe(outcome);
    }

    [Fact]
    public async Task EvaluateAsync_ReturnUnknown_DoesNotFire()
    {
        (await (await new TriggerWorld(new Estimator(null)).WithAgentAsync(Return)).EvaluateAsync()).Policies[1].Reason.ShouldStartWith("Too little is known");
        (await (await new TriggerWorld().WithAgentAsync(Return)).EvaluateAsync()).Policies[1].Reason.ShouldContain("no planner");
    }

    [Fact]
    public async Task EvaluateAsync_Schedule_OncePerDueTime()
    {
        var world = await new TriggerWorld().WithAgentAsync(Daily);
        (await world.EvaluateAsync()).Outcome.ShouldBe(TriggerOutcome.Idle, "the schedule counts from when it was first seen");
        world.Clock.Advance(TimeSpan.FromDays(3));
        world.Restart();

        var first = await world.EvaluateAsync();
        await FinishAsync(world, first.Start!.Run);
        world.Clock.Advance(TimeSpan.FromHours(13));

        first.Start.Cause.By.ShouldBe("schedule");
        (await world.EvaluateAsync()).Policies[1].Reason.ShouldContain("served");
        world.Clock.Advance(TimeSpan.FromHours(12));
        (await world.EvaluateAsync()).Start!.Run.ShouldBe("helpdesk-0002");
    }

    [Fact]
    public async Task EvaluateAsync_ScheduleWhileOff_IsNotMadeUpForLater()
    {
        var world = await new TriggerWorld().WithAgentAsync(Daily);
        await ModeAsync(world, ImprovementMode.Off);
        await world.EvaluateAsync();
        world.Clock.Advance(TimeSpan.FromDays(3));
        (await world.EvaluateAsync()).Start.ShouldBeNull();
        await ModeAsync(world, ImprovementMode.Auto);

        (await world.EvaluateAsync()).Outcome.ShouldBe(TriggerOutcome.Idle);
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("../x")]
    public async Task EvaluateAsync_UnknownAgent_IsNull(string agent) => (await new TriggerWorld().Evaluator.EvaluateAsync(agent)).ShouldBeNull();

    [Fact]
    public async Task EvaluateAsync_Always_RecordsTheDecisionWithAllEvidence()
    {
        var world = await new TriggerWorld().WithAgentAsync(Trend, Threshold, Return, Daily, Request);
        await world.EvaluateAsync();
        await world.AskAsync(RequesterKind.Critic);
        await world.EvaluateAsync();

        var recorded = (await world.Decisions.ReadAsync("helpdesk")).Select(d => d.Value.Deserialize<TriggerDecision>(SeamJson.Options)!).ToList();
        recorded.Select(d => d.Outcome).ShouldBe([TriggerOutcome.Idle, TriggerOutcome.Fired], ignoreOrder: true);
        recorded.ShouldAllBe(d => d.Policies.Select(p => p.Kind).SequenceEqual(new[] { TriggerKind.Request, TriggerKind.Trend, TriggerKind.Threshold, TriggerKind.Return, TriggerKind.Schedule }));
        (await world.AuditedAsync()).ShouldHaveSingleItem().Kind.ShouldBe("trigger");
    }

    [Fact]
    public async Task EvaluateAsync_NotConfirmed_GivesTheSameRunAgain()
    {
        var world = await new TriggerWorld().WithAgentAsync(Request);
        await world.AskAsync(RequesterKind.Critic);
        var first = (await world.EvaluateAsync()).Start!;
        world.Restart();

        var again = await world.EvaluateAsync();

        again.Outcome.ShouldBe(TriggerOutcome.Pending);
        again.Start.ShouldBe(first);
        (await world.Runs.StartOfAsync("helpdesk", first.Run)).ShouldBe(first);
        await world.Runs.ConfirmStartedAsync("helpdesk", first.Run);
        (await world.EvaluateAsync()).Start.ShouldBeNull();
    }

    [Fact]
    public async Task EvaluateAsync_ManyAtOnce_AllocateOneRun()
    {
        var world = await new TriggerWorld().WithAgentAsync(Request);
        await world.AskAsync(RequesterKind.Critic);

        var decisions = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(() => world.NewEvaluator().EvaluateAsync("helpdesk"))));

        decisions.Count(d => d!.Outcome == TriggerOutcome.Fired).ShouldBe(1);
        decisions.Select(d => d!.Start?.Run).OfType<string>().Distinct().ShouldHaveSingleItem();
        (await world.AuditedAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task EvaluateAsync_CrashAtEveryWrite_OneRunPerCause()
    {
        for (var writes = 0; ; writes++)
        {
            var world = await new TriggerWorld().WithAgentAsync(Request, Daily);
            await world.EvaluateAsync();
            world.Clock.Advance(TimeSpan.FromDays(1));
            await world.AskAsync(RequesterKind.Critic);
            world.Store.WritesUntilCrash = writes;
            var crashed = await Crashes(world.EvaluateAsync);
            world.Store.WritesUntilCrash = null;
            world.Restart();

            var start = (await world.EvaluateAsync()).Start;
            start.ShouldNotBeNull($"after a crash at write {writes}");
            start.Run.ShouldBe("helpdesk-0001");
            (await world.Runs.StartOfAsync("helpdesk", start.Run)).ShouldBe(start);
            (await world.AuditedAsync()).Count.ShouldBe(1);
            (await world.Requests.WaitingAsync("helpdesk")).ShouldBeEmpty();
            await FinishAsync(world, start.Run);
            world.Clock.Advance(TimeSpan.FromHours(17));
            (await world.EvaluateAsync()).Outcome.ShouldBe(TriggerOutcome.Idle);

            if (!crashed)
            {
                writes.ShouldBeGreaterThan(4);
                return;
            }
        }
    }

    [Fact]
    public async Task AskAsync_DoneInTheMeantime_TheSameIdStartsNothing()
    {
        var world = await new TriggerWorld().WithAgentAsync(Request);
        await world.AskAsync(RequesterKind.Critic);
        var request = (await world.Requests.GetAsync("helpdesk", "r1"))!;
        await world.Requests.FinishAsync(request, "helpdesk-0009");
        // What a slow writer leaves, who looked before the request was done.
        await new JsonDocuments(world.Store).WriteAsync("requests/helpdesk/r1.json", request);

        (await world.EvaluateAsync()).Outcome.ShouldBe(TriggerOutcome.Idle);
        world.Store.Paths.ShouldNotContain("requests/helpdesk/r1.json");
    }

    private static async Task FinishAsync(TriggerWorld world, string run)
    {
        await world.Runs.ConfirmStartedAsync("helpdesk", run);
        await world.Runs.EndAsync("helpdesk", run);
    }

    private static Task ModeAsync(TriggerWorld world, ImprovementMode mode) =>
        world.PutAsync(m => m with { Improvement = m.Improvement with { Mode = mode } });

    private static async Task<bool> Crashes(Func<Task> act)
    {
        try
        {
            await act();
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private sealed class Estimator(ReturnEstimate? estimate) : IReturnEstimator
    {
        public Task<ReturnEstimate?> EstimateAsync(string agent, CancellationToken cancellationToken = default) => Task.FromResult(estimate);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task EvaluateAsync_ANewVersionIsWorseThanTheOneBefore_FiresUnlessItWasGoneBackTo(bool isNew)
    {
        var world = await new TriggerWorld().WithAgentAsync(Trend);
        await world.Routing.ChangeAsync(TriggerWorld.Agent, table => RoutingChanges.RollBackTo(table, "v2"), null);
        var (good, bad) = (new Traffic("before").Judge(900, 0.9).Signals(), new Traffic("worse").Judge(300, 0.6).Signals());
        var (early, late) = (world.Clock.GetUtcNow().AddDays(-9), world.Clock.GetUtcNow().AddDays(-2));
        await world.SignalAsync(new Dictionary<string, VersionSignals> { ["v1"] = good with { First = isNew ? early : late }, ["v2"] = bad with { First = isNew ? late : early } });

        var decision = await world.EvaluateAsync();

        decision.Outcome.ShouldBe(isNew ? TriggerOutcome.Fired : TriggerOutcome.Idle, decision.Policies[1].Reason);
        if (isNew) decision.Start!.Cause.Evidence.ShouldContain("the version before it, v1");
    }
}
