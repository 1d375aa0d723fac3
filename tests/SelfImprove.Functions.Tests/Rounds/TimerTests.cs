using System.Text;
using SelfImprove.Agents.Manifests;
using SelfImprove.Api.Security;
using SelfImprove.Functions.Tests.Fakes;
using SelfImprove.Loop;
using SelfImprove.Monitoring;
using SelfImprove.Monitoring.Aggregation;
using SelfImprove.Monitoring.Triggers;
using SelfImprove.Orchestration;
using SelfImprove.Storage;

namespace SelfImprove.Functions.Tests.Rounds;

/// <summary>The timers, over the app's own services: what they visit, and what they cost.</summary>
public sealed class TimerTests
{
    private static readonly string[] Timers = ["Aggregate", "EvaluateTriggers", "ServeSchedules", "CleanUp"];

    [Fact]
    public async Task Tick_ThousandAgentsAtRest_CostsOneListingEach_AndCleaningUpThree()
    {
        await using var app = await FunctionsApp.OpenAsync();
        // Half of them with a schedule that lies ahead.
        for (var i = 0; i < 1_000; i++)
            await app.AddAgentAsync($"agent-{i}", i % 2 == 0 ? Weekly : new TriggerSettings { Kind = TriggerKind.Request });
        app.Clock.Advance(DirtyAgents.Rest);
        await app.TickAsync("EvaluateTriggers");
        (await app.Get<DirtyAgents>().ListAsync()).ShouldBeEmpty();

        foreach (var timer in Timers)
        {
            app.Store.Reset();
            await app.TickAsync(timer);
            app.Store.Reset().ShouldBe(timer == "CleanUp" ? 3 : 1, timer);
        }
    }

    [Fact]
    public async Task Ticks_OfADayAtRest_StayUnderTheirCeiling()
    {
        await using var app = await FunctionsApp.OpenAsync();
        await app.AddAgentAsync("desk");
        await RestAsync(app);
        app.Store.Reset();

        for (var minute = 0; minute < 24 * 60; minute++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(1));
            foreach (var timer in (string[])["Aggregate", "Aggregate", "EvaluateTriggers", "ServeSchedules"]) await app.TickAsync(timer);
            if (minute % 10 == 0) await app.TickAsync("CleanUp");
        }

        app.Store.Reset().ShouldBeLessThanOrEqualTo(6_300);
    }

    [Fact]
    public async Task Feedback_OfAnAgentAtRest_IsFoldedAtTheNextTick_AndTheAgentRestsAgain()
    {
        await using var app = await FunctionsApp.OpenAsync();
        await app.AddAgentAsync("desk");
        await RestAsync(app);

        await PostAsync(app, "f-1");
        await app.TickAsync("Aggregate");

        (await app.Get<Aggregator>().ReadAsync("desk"))!.Generation.ShouldBeGreaterThan(0);
        await RestAsync(app);
        (await app.Get<DirtyAgents>().ListAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Events_AreMarkedOncePerMinute_NotEach()
    {
        await using var app = await FunctionsApp.OpenAsync();
        await app.AddAgentAsync("desk");
        await PostAsync(app, "f-0");
        app.Store.Reset();

        for (var i = 1; i <= 5; i++) await PostAsync(app, $"f-{i}");

        app.Store.Reset().ShouldBe(5, "one append each");
    }

    [Fact]
    public async Task Request_OfAnAgentAtRest_StartsARun_AndATerminatedRunIsTidiedUp()
    {
        await using var app = await FunctionsApp.OpenAsync();
        await app.AddServingAgentAsync("desk");
        await RestAsync(app);

        (await app.SendAsync("RequestImprovement", "Bearer " + app.Keys[ApiRoles.Operate], Encoding.UTF8.GetBytes("""{"reason":"often wrong"}"""))).Status.ShouldBe(202);
        await app.TickAsync("EvaluateTriggers");
        app.Hub.Instances.Select(i => (i.Name, i.Id)).ShouldBe([(nameof(ImprovementLoop), "desk-0001")]);
        await app.Get<LeaseBook>().TryAcquireAsync("desk", "desk-0001"); // as its first activity does
        // Long after its mark: the run keeps it visited.
        await RestAsync(app);
        (await app.Get<DirtyAgents>().ListAsync()).ShouldBe(["desk"]);

        await app.Get<IOrchestrationClient>().TerminateAsync("desk-0001", "by an operator");
        await app.TickAsync("CleanUp");
        (await app.Get<LeaseBook>().ReadAsync("desk"))!.Run.ShouldBeNull();
        (await app.Get<RunRegister>().ActiveAsync("desk")).ShouldBeNull();
        await RestAsync(app);
        (await app.Get<DirtyAgents>().ListAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Schedule_OfAnAgentAtRest_StartsItsRunWhenDue_AndIsPlannedAnew()
    {
        await using var app = await FunctionsApp.OpenAsync();
        await app.AddServingAgentAsync("desk", Weekly);
        await RestAsync(app);

        // It is Monday, 2026-03-02; the schedule is Mondays at six.
        app.Clock.MoveTo(new DateTimeOffset(2026, 3, 9, 5, 59, 0, TimeSpan.Zero));
        await app.TickAsync("ServeSchedules");
        app.Hub.Instances.ShouldBeEmpty();
        app.Clock.MoveTo(new DateTimeOffset(2026, 3, 9, 6, 0, 5, TimeSpan.Zero));
        await app.TickAsync("ServeSchedules");

        app.Hub.Instances.Select(i => i.Id).ShouldBe(["desk-0001"]);
        (await app.Get<ScheduleBook>().DueAsync(app.Clock.GetUtcNow(), 10)).ShouldBeEmpty();
        (await app.Get<ScheduleBook>().DueAsync(new DateTimeOffset(2026, 3, 16, 6, 0, 0, TimeSpan.Zero), 10)).ShouldHaveSingleItem().Agent.ShouldBe("desk");
    }

    [Fact]
    public async Task Mark_RenewedAfterItWasRead_IsNotRemoved()
    {
        await using var app = await FunctionsApp.OpenAsync();
        var (dirty, elsewhere) = (app.Get<DirtyAgents>(), new DirtyAgents(app.Store, app.Clock));
        await dirty.MarkAsync("desk");
        app.Clock.Advance(DirtyAgents.Rest);
        var read = (await dirty.ReadAsync("desk"))!;

        await elsewhere.MarkAsync("desk");

        (await dirty.TryRestAsync(read)).ShouldBeFalse();
        (await dirty.ListAsync()).ShouldBe(["desk"]);
    }

    [Fact]
    public async Task Mark_YoungerThanItsRest_IsKept()
    {
        await using var app = await FunctionsApp.OpenAsync();
        var dirty = app.Get<DirtyAgents>();
        await dirty.MarkAsync("desk");
        app.Clock.Advance(DirtyAgents.Rest - TimeSpan.FromSeconds(1));

        (await dirty.TryRestAsync((await dirty.ReadAsync("desk"))!)).ShouldBeFalse();
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        (await dirty.TryRestAsync((await dirty.ReadAsync("desk"))!)).ShouldBeTrue();
    }

    [Fact]
    public async Task Tick_OneAgentInTrouble_VisitsTheOthers()
    {
        await using var app = await FunctionsApp.OpenAsync();
        await app.AddAgentAsync("bad");
        await app.AddServingAgentAsync("good");
        await app.Store.WriteAsync("agents/bad/signals.json", "not json"u8.ToArray());
        await app.SendAsync("RequestImprovement", "Bearer " + app.Keys[ApiRoles.Operate], Encoding.UTF8.GetBytes("{}"));
        await app.Get<RequestBook>().AskAsync("good", "r-1", new Requester(RequesterKind.Person, "ada"), "please");

        await app.TickAsync("EvaluateTriggers");

        app.Hub.Instances.Select(i => i.Id).ShouldContain("good-0001");
    }

    private static TriggerSettings Weekly => new() { Kind = TriggerKind.Schedule, Cron = "0 6 * * 1", TimeZone = "UTC" };

    private static async Task RestAsync(FunctionsApp app)
    {
        await app.TickAsync("EvaluateTriggers");
        app.Clock.Advance(DirtyAgents.Rest + TimeSpan.FromSeconds(1));
        await app.TickAsync("EvaluateTriggers");
    }

    private static async Task PostAsync(FunctionsApp app, string id) => (await app.SendAsync(
        "PostFeedback", "Bearer " + app.Keys[ApiRoles.Ingest],
        Encoding.UTF8.GetBytes($$$"""{"id":"{{{id}}}","interaction":"i-1","metric":"helpful","value":true,"source":{"kind":"human","id":"ada"}}"""))).Status.ShouldBe(202);
}
