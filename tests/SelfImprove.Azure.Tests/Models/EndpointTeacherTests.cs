using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration.Labelling;
using SelfImprove.Orchestration;
using static SelfImprove.Azure.Tests.Models.FakeModelServer;
using static SelfImprove.Azure.Tests.Models.TeacherWorld;

namespace SelfImprove.Azure.Tests.Models;

public sealed class EndpointTeacherTests
{
    [Fact]
    public async Task Label_BySingleModelWithoutPrice_CostsItsTokens()
    {
        await using var world = await StartAsync(null, Model("m"));
        world.Endpoint.Server.Reply(c => JsonAsync(c.Response, 200, Completion("Access.", read: 500, written: 1)));

        var state = await world.LabelAsync("m", 12);

        state.Status.ShouldBe(OrchestrationStatus.Completed, state.Failure?.Message);
        (await world.LabelsAsync(state)).ShouldAllBe(l => l.Output!.Text == "access" && l.Source == "teacher:m" && l.PriceUsd == 0.001008m);
        state.OutputAs<LabelOutput>()!.CostUsd.ShouldBe(12 * 0.001008m);
        (await world.SpentAsync()).ShouldBe(12 * 0.001008m);
        world.Endpoint.Server.Seen.ShouldAllBe(s => s.Body.Contains("data-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Label_ManifestHasAPrice_ThatCounts()
    {
        await using var world = await StartAsync(null, Model("m", 0.02m));
        world.Endpoint.Server.ReplyText("access");

        await world.LabelAsync("m", 5);

        (await world.SpentAsync()).ShouldBe(0.10m);
    }

    [Fact]
    public async Task Label_ByPanel_KeepsWhatItsModelsAgreeOn()
    {
        await using var world = await StartAsync(null, Model("a"), Model("b"), new TeacherSettings { Name = "both", Kind = TeacherKind.Panel, Members = ["a", "b"] });
        world.Endpoint.Server.Reply(c => JsonAsync(c.Response, 200, Completion(
            ModelOf(c) == "b" && ((string)c.Items["body"]!).Contains("question 1", StringComparison.Ordinal) ? "billing" : "access")));

        var labels = await world.LabelsAsync(await world.LabelAsync("both", 4));

        labels.Count(l => l.Output is { Text: "access" }).ShouldBe(3);
        labels.Single(l => l.Output is null).Refusal.ShouldNotBeNull().ShouldContain("not alike");
    }

    [Fact]
    public async Task Label_ByCascade_AsksTheNextWhereTheFirstRefuses()
    {
        await using var world = await StartAsync(null, Model("cheap"), Model("strong"), new TeacherSettings { Name = "chain", Kind = TeacherKind.Cascade, Members = ["cheap", "strong"] });
        world.Endpoint.Server.Reply(c => ModelOf(c) == "cheap"
            ? JsonAsync(c.Response, 400, """{"error":{"code":"content_filter","message":"filtered"}}""")
            : JsonAsync(c.Response, 200, Completion("billing")));

        var labels = await world.LabelsAsync(await world.LabelAsync("chain", 3));

        labels.ShouldAllBe(l => l.Output!.Text == "billing" && l.Source == "teacher:strong");
    }

    [Fact]
    public async Task Label_KeyIsRefusedHalfWay_SaysSoAndKeepsWhatWasPaid()
    {
        await using var world = await StartAsync(null, Model("m", 0.01m));
        var asked = 0;
        world.Endpoint.Server.Reply(c => Interlocked.Increment(ref asked) <= 10
            ? JsonAsync(c.Response, 200, Completion("access")) : JsonAsync(c.Response, 401, """{"error":{"code":"invalid_api_key"}}"""));

        var first = await world.LabelAsync("m", 15);

        first.OutputAs<LabelOutput>()!.Shortfall.ShouldNotBeNull().ShouldSatisfyAllConditions(m => m.ShouldContain("Teacher 'm'"), m => m.ShouldContain("main-key"));
        (await world.LabelsAsync(first)).Count(l => l.Output is { Text: "access" }).ShouldBe(10);

        world.Endpoint.Server.ReplyText("access");
        var before = world.Endpoint.Server.Seen.Count;
        await world.LabelAsync("m", 15);
        (world.Endpoint.Server.Seen.Count - before).ShouldBe(5, "ten answers were kept, and no item was given up for a wrong key");
    }

    [Fact]
    public async Task Label_TokensGoOverTheBudget_StopsAndBooksWhatWasSpent()
    {
        await using var world = await StartAsync(new BudgetSettings { PerRun = 0.015m, PerMonth = 100 }, Model("m"));
        world.Endpoint.Server.Reply(c => JsonAsync(c.Response, 200, Completion("access", read: 500, written: 0)));

        var state = await world.LabelAsync("m", 40);

        state.OutputAs<LabelOutput>()!.Shortfall.ShouldNotBeNull().ShouldContain("budget");
        world.Endpoint.Server.Seen.Count.ShouldBe(20, "two groups of ten: the second went over");
        (await world.SpentAsync()).ShouldBe(0.02m);
    }
}
