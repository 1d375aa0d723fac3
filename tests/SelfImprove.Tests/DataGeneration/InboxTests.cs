using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration;
using SelfImprove.DataGeneration.Inbox;
using SelfImprove.DataGeneration.Labelling;
using SelfImprove.Models;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Storage;
using static SelfImprove.Tests.DataGeneration.DataWorld;

namespace SelfImprove.Tests.DataGeneration;

public sealed class InboxTests
{
    private static AgentManifest People(int each = 1, decimal price = 0.5m) =>
        WithTeachers(new TeacherSettings { Name = "staff", Kind = TeacherKind.People, PeoplePerItem = each, Price = price, Due = TimeSpan.FromDays(2) });

    private static AgentOutput Label(string label) => new(label);

    [Fact]
    public async Task Answer_AllTasks_EndsTheWaitAtOnce()
    {
        await using var world = await CreateAsync(People());
        var id = await world.StartAsync(LabelItems.Ref, await world.ItemsAsync("staff", ["one", "two"]));
        var asked = world.Harness.Now;

        foreach (var entry in await world.Inbox.ListAsync("helpdesk"))
            (await world.Inbox.AnswerAsync("helpdesk", entry.Task.Id, "ada", Label("Travel"))).Outcome.ShouldBe(InboxOutcome.Accepted);
        await world.Harness.RunUntilIdleAsync();

        var state = await world.Harness.Client.GetAsync(id);
        state!.Status.ShouldBe(OrchestrationStatus.Completed, state.Failure?.Message);
        world.Harness.Now.ShouldBe(asked);
        var output = state.OutputAs<LabelOutput>()!;
        output.CostUsd.ShouldBe(1);
        output.Shortfall.ShouldBeNull();
        (await world.ReadAsync(output)).ShouldAllBe(l => l.Output!.Text == "travel" && l.Source == "people:ada");
    }

    [Fact]
    public async Task Answer_ThirdQuarter_IsStillNoticedThoughEarlierWaitsWereCancelled()
    {
        await using var world = await CreateAsync(People());
        var id = await world.StartAsync(LabelItems.Ref, await world.ItemsAsync("staff", ["one"]));
        await world.Harness.AdvanceAsync(TimeSpan.FromHours(13));
        await world.Harness.AdvanceAsync(TimeSpan.FromHours(13));

        await world.Inbox.AnswerAsync("helpdesk", (await world.Inbox.ListAsync("helpdesk"))[0].Task.Id, "ada", Label("travel"));
        await world.Harness.RunUntilIdleAsync();

        (await world.Harness.Client.GetAsync(id))!.Status.ShouldBe(OrchestrationStatus.Completed);
    }

    [Fact]
    public async Task Wait_PeopleAreLate_GoesOnWithWhatThereIsAndRemindedThem()
    {
        await using var world = await CreateAsync(People());
        var id = await world.StartAsync(LabelItems.Ref, await world.ItemsAsync("staff", ["one", "two", "three"]));
        await world.Inbox.AnswerAsync("helpdesk", (await world.Inbox.ListAsync("helpdesk"))[0].Task.Id, "ada", Label("travel"));

        var output = (await world.Harness.RunToEndAsync(id)).OutputAs<LabelOutput>()!;

        output.Labelled.ShouldBe(1);
        output.Shortfall.ShouldNotBeNull().ShouldContain("People finished 1 of 3 tasks");
        world.Store.Paths.Count(p => p.StartsWith("inbox-reminders/helpdesk/")).ShouldBe(1);
        var late = await world.Inbox.AnswerAsync("helpdesk", (await world.Inbox.ListAsync("helpdesk"))[1].Task.Id, "ada", Label("travel"));
        late.Outcome.ShouldBe(InboxOutcome.Closed);
    }

    [Fact]
    public async Task Vote_TwoPeopleAnItem_MajorityCountsAndTiesAreDropped()
    {
        await using var world = await CreateAsync(People(each: 2));
        var id = await world.StartAsync(LabelItems.Ref, await world.ItemsAsync("staff", ["one", "two", "three"]));
        var tasks = (await world.Inbox.ListAsync("helpdesk")).Select(e => e.Task).OrderBy(t => t.Item).ToList();
        foreach (var task in tasks) await world.Inbox.AnswerAsync("helpdesk", task.Id, "ada", Label("travel"));
        await world.Inbox.AnswerAsync("helpdesk", tasks[0].Id, "bo", Label("travel"));
        await world.Inbox.AnswerAsync("helpdesk", tasks[1].Id, "bo", Label("access"));
        await world.Inbox.SkipAsync("helpdesk", tasks[2].Id, "bo", "not mine");

        var output = (await world.Harness.RunToEndAsync(id)).OutputAs<LabelOutput>()!;

        var labels = await world.ReadAsync(output);
        labels.Select(l => l.Output?.Text).ShouldBe(["travel", null, "travel"]);
        labels[1].Refusal.ShouldNotBeNull().ShouldStartWith("disagreement:");
        output.CostUsd.ShouldBe(3);
    }

    [Fact]
    public async Task Answer_WrongOnes_AreRefusedWithWordsAndChangeNothing()
    {
        await using var world = await CreateAsync(People(each: 2));
        await world.StartAsync(LabelItems.Ref, await world.ItemsAsync("staff", ["one"]));
        var task = (await world.Inbox.ListAsync("helpdesk"))[0].Task.Id;

        var outside = await world.Inbox.AnswerAsync("helpdesk", task, "ada", Label("lunch"));
        outside.Outcome.ShouldBe(InboxOutcome.Invalid);
        outside.Message.ShouldNotBeNull().ShouldContain("'lunch' is none of the agent's 3 labels");
        (await world.Inbox.AnswerAsync("helpdesk", "../x", "ada", Label("travel"))).Outcome.ShouldBe(InboxOutcome.UnknownTask);
        (await world.Inbox.AnswerAsync("nobody", task, "ada", Label("travel"))).Outcome.ShouldBe(InboxOutcome.UnknownTask);
        (await world.Inbox.AnswerAsync("helpdesk", task, "", Label("travel"))).Outcome.ShouldBe(InboxOutcome.Invalid);

        (await world.Inbox.AnswerAsync("helpdesk", task, "Ada Lovelace <ada@x.org>", Label("travel"))).Outcome.ShouldBe(InboxOutcome.Accepted);
        (await world.Inbox.AnswerAsync("helpdesk", task, "Ada Lovelace <ada@x.org>", Label("travel"))).Outcome.ShouldBe(InboxOutcome.Accepted);
        (await world.Inbox.AnswerAsync("helpdesk", task, "Ada Lovelace <ada@x.org>", Label("access"))).Outcome.ShouldBe(InboxOutcome.AlreadyAnswered);
        (await world.Inbox.ListAsync("helpdesk"))[0].People.ShouldBe(["Ada Lovelace <ada@x.org>"]);
    }

    [Fact]
    public async Task List_Filters_OpenFirst()
    {
        await using var world = await CreateAsync(People());
        await world.StartAsync(LabelItems.Ref, await world.ItemsAsync("staff", ["one", "two"]));
        var first = (await world.Inbox.ListAsync("helpdesk"))[0].Task.Id;
        await world.Inbox.AnswerAsync("helpdesk", first, "ada", Label("travel"));

        (await world.Inbox.ListAsync("helpdesk")).Select(e => e.IsOpen).ShouldBe([true, false]);
        (await world.Inbox.ListAsync("helpdesk", new InboxFilter(OpenOnly: true))).Select(e => e.Task.Id).ShouldNotContain(first);
        (await world.Inbox.ListAsync("helpdesk", new InboxFilter(NotBy: "ada"))).Count.ShouldBe(1);
        (await world.Inbox.ListAsync("helpdesk", new InboxFilter(Purpose: "validation"))).ShouldBeEmpty();
        (await world.Inbox.ListAsync("helpdesk", new InboxFilter(Limit: 1))).Count.ShouldBe(1);
    }

    [Fact]
    public async Task AnswerMany_Thousand_CompletesWithAShortHistory()
    {
        await using var world = await CreateAsync(People(price: 0.01m));
        var id = await world.StartAsync(LabelItems.Ref, await world.ItemsAsync("staff", Enumerable.Range(0, 1_000).Select(i => $"question {i}")));
        var tasks = await world.Inbox.ListAsync("helpdesk");
        var reads = world.Store.Reads;

        var results = await world.Inbox.AnswerManyAsync("helpdesk", "ada", [.. tasks.Select(t => (t.Task.Id, Label("travel")))]);

        results.ShouldAllBe(r => r.Outcome == InboxOutcome.Accepted);
        (world.Store.Reads - reads).ShouldBeLessThan(2_000);
        await world.Harness.RunUntilIdleAsync();
        (await world.Harness.Client.GetAsync(id))!.OutputAs<LabelOutput>()!.Labelled.ShouldBe(1_000);
    }

    [Fact]
    public async Task Open_BudgetForSomeOnly_AsksAboutThoseAndSaysSo()
    {
        await using var world = await CreateAsync(People(price: 1) with { Budget = new BudgetSettings { PerRun = 3, PerMonth = 50 } });
        var id = await world.StartAsync(LabelItems.Ref, await world.ItemsAsync("staff", ["one", "two", "three", "four", "five"]));

        var tasks = await world.Inbox.ListAsync("helpdesk");
        tasks.Count.ShouldBe(3);
        await world.Inbox.AnswerManyAsync("helpdesk", "ada", [.. tasks.Select(t => (t.Task.Id, Label("travel")))]);
        var output = (await world.Harness.RunToEndAsync(id)).OutputAs<LabelOutput>()!;

        output.Labelled.ShouldBe(3);
        output.Shortfall.ShouldNotBeNull().ShouldContain("budget of 3 USD");
    }

    [Fact]
    public async Task Wait_RunIsCancelled_EndsAndTakesNoMoreAnswers()
    {
        await using var world = await CreateAsync(People());
        var id = await world.StartAsync(LabelItems.Ref, await world.ItemsAsync("staff", ["one", "two"]));
        var task = (await world.Inbox.ListAsync("helpdesk"))[0].Task.Id;
        await world.Harness.Services.GetRequiredService<FactBook>()
            .RecordAsync("helpdesk-0001", RunGuard.CancelGate, 0, new Cancellation("ada", "not needed", world.Harness.Now));

        (await world.Harness.RunToEndAsync(id)).Status.ShouldBe(OrchestrationStatus.Failed);

        (await world.Inbox.AnswerAsync("helpdesk", task, "ada", Label("travel"))).Outcome.ShouldBe(InboxOutcome.Closed);
    }

    [Fact]
    public async Task Label_PanelWithPeople_SendsOnlyDisagreementToThem()
    {
        await using var world = await CreateAsync(WithTeachers(
            Model("a"), Model("b"), new TeacherSettings { Name = "staff", Kind = TeacherKind.People, Price = 1 },
            new TeacherSettings { Name = "panel", Kind = TeacherKind.Panel, Members = ["a", "b", "staff"] }));
        world.Models.Answer("a", "access").Answer("b", r => new ModelAnswer { Output = Label(r.Messages[^1].Text.Contains("two") ? "travel" : "access") });
        var id = await world.StartAsync(LabelItems.Ref, await world.ItemsAsync("panel", ["one", "two"]));

        var task = (await world.Inbox.ListAsync("helpdesk")).ShouldHaveSingleItem().Task;
        task.Input[0].Text.ShouldBe("two");
        task.Decisions.ShouldBe(["billing", "access", "travel"]);
        await world.Inbox.AnswerAsync("helpdesk", task.Id, "ada", Label("billing"));
        var output = (await world.Harness.RunToEndAsync(id)).OutputAs<LabelOutput>()!;

        (await world.ReadAsync(output)).Select(l => (l.Output!.Text, l.Source)).ShouldBe([("access", "teacher:panel"), ("billing", "people:ada")]);
        output.CostUsd.ShouldBe(1.04m);
    }
}
