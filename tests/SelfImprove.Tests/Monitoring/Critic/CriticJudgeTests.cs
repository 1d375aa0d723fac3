using System.Text.Json;
using SelfImprove.Agents.Manifests;
using SelfImprove.Models;
using SelfImprove.Monitoring.Critic;
using SelfImprove.Monitoring.Events;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Storage;
using SelfImprove.Testing.Models;
using SelfImprove.Tests.Monitoring.Support;
using static SelfImprove.Tests.Monitoring.Support.MonitoringWorld;

namespace SelfImprove.Tests.Monitoring.Critic;

public class CriticJudgeTests
{
    private readonly MonitoringWorld _world = new();
    private readonly ScriptedModels _models = new();

    [Fact]
    public async Task Look_ModelScores_AreWrittenAsFeedbackOfTheCritic()
    {
        Judge(r => Say(r.LastUserText.Contains("request i1", StringComparison.Ordinal) ? 5 : 2));
        await _world.AppendAsync(Interaction("i1"));
        await _world.AppendAsync(Interaction("i2"));

        var outcome = await Critic.LookAsync(Agent);

        (outcome.Checked, outcome.Failed).ShouldBe((2, 1));
        var (good, bad) = (await FeedbackOfAsync("i1"), await FeedbackOfAsync("i2"));
        (good.Value, good.Source, good.Metric, good.Comment).ShouldBe((1, new FeedbackSource(SourceKind.Critic, "judge"), "valid", "5 of 5: so it seems"));
        (bad.Value, bad.Id).ShouldBe((0, "critic-judge-i2"));
    }

    [Fact]
    public async Task Look_NumberMetric_GetsTheScoreOnItsScale()
    {
        Judge(_ => Say(4), metric: "stars");
        await _world.AppendAsync(Interaction("i1"));
        await Critic.LookAsync(Agent);

        (await FeedbackOfAsync("i1")).Value.ShouldBe(4); // 1 to 5
    }

    [Fact]
    public async Task Look_InvalidOutput_IsForTheChecksAloneAndCostsNothing()
    {
        var model = Judge(_ => Say(5));
        await _world.AppendAsync(Interaction("i1", "delta"));
        await Critic.LookAsync(Agent);

        model.Asked.ShouldBeEmpty();
        (await FeedbackOfAsync("i1")).Source.Id.ShouldBe("checks");
    }

    [Fact]
    public async Task Look_DayIsSpent_ChecksGoOnAlone()
    {
        var model = Judge(_ => Say(2), price: 0.01m, perDay: 0.25m);
        for (var i = 0; i < 40; i++) await _world.AppendAsync(Interaction($"i{i}"));

        var outcome = await Critic.LookAsync(Agent);

        (outcome.Checked, outcome.Failed, model.Asked.Count).ShouldBe((40, 20, 20));
        await _world.AppendAsync(Interaction("late"));
        _world.Clock.Advance(TimeSpan.FromDays(1));
        (await Critic.LookAsync(Agent)).Failed.ShouldBe(1, "a new day has money again");
        (await Spend.ThisMonthAsync(Agent)).ShouldBe(0.21m);
    }

    [Fact]
    public async Task Look_AnswersDearerThanStated_FillTheDay()
    {
        var model = new ScriptedModel(_ => new ModelAnswer { Output = new AgentOutput(Say(2)), CostUsd = 0.05m });
        Judge(model, price: 0, perDay: 0.3m);
        for (var i = 0; i < 40; i++) await _world.AppendAsync(Interaction($"i{i}"));
        await Critic.LookAsync(Agent);

        model.Asked.Count.ShouldBe(10);
        (await Spend.ThisMonthAsync(Agent)).ShouldBe(0.5m, "what was spent is booked, over the bound or not");
    }

    [Fact]
    public async Task Look_CrashBeforeItsCursor_PaysOnceAndCountsOnce()
    {
        var model = Judge(_ => Say(5), price: 0.01m);
        _world.Manifest = _world.Manifest with { Goal = new GoalSettings { Metric = "valid" } };
        await _world.AppendAsync(Interaction("i1"));
        _world.Memory.Fail = (path, _) => path.EndsWith("critic.json", StringComparison.Ordinal) ? false : null;
        await Should.ThrowAsync<IOException>(() => Critic.LookAsync(Agent));
        _world.Memory.Fail = null;
        _world.Clock.Advance(TimeSpan.FromMinutes(1));
        await Critic.LookAsync(Agent);

        model.Asked.Count.ShouldBe(1);
        (await Spend.ThisMonthAsync(Agent)).ShouldBe(0.01m);
        var signals = await _world.FoldAsync();
        (signals.Judged, signals.Sources["critic:judge"].Judgements, signals.DeadLetters).ShouldBe((1, 1, 0));
    }

    [Theory]
    [InlineData("{\"reason\":\"x\",\"score\":9}")]
    [InlineData("five")]
    public async Task Look_AnswerOfAnotherForm_LeavesTheChecks(string answer)
    {
        Judge(_ => answer);
        await _world.AppendAsync(Interaction("i1"));
        await Critic.LookAsync(Agent);

        (await FeedbackOfAsync("i1")).Source.Id.ShouldBe("checks");
    }

    [Fact]
    public async Task Look_BusyModel_LeavesTheChecks()
    {
        var model = Judge(_ => throw new TransientException("busy"));
        await _world.AppendAsync(Interaction("i1"));
        await Critic.LookAsync(Agent);

        model.Asked.Count.ShouldBe(2);
        (await FeedbackOfAsync("i1")).Source.Id.ShouldBe("checks");
    }

    [Fact]
    public async Task Look_FreeText_IsScoredByTheModelAlone()
    {
        Judge(r => r.LastUserText.Contains("request i1", StringComparison.Ordinal) ? Say(5) : "no idea");
        _world.Manifest = _world.Manifest with { Task = new TaskSettings { Output = TaskOutput.Text } };
        await _world.AppendAsync(Interaction("i1"));
        await _world.AppendAsync(Interaction("i2"));

        (await Critic.LookAsync(Agent)).Checked.ShouldBe(1);
    }

    private SpendBook Spend => new(_world.Store, _world.Clock);

    private TrafficCritic Critic => new(
        _world.Store, _world.Log, _world.Lookup, _world.Clock,
        new CriticJudge(new ModelCatalog([_models]), Spend, new IntentJournal(_world.Store, _world.Clock, Guid.NewGuid)));

    private ScriptedModel Judge(Func<ModelRequest, string> answer, decimal price = 0, decimal perDay = 1, string metric = "valid") =>
        Judge(ScriptedModel.Text(answer), price, perDay, metric);

    private ScriptedModel Judge(ScriptedModel model, decimal price, decimal perDay, string metric = "valid")
    {
        var judge = new CriticJudgeSettings { Model = _models.Add("critic", model), Price = price, PerDay = perDay };
        _world.Manifest = _world.Manifest with { Critic = new CriticSettings { SampleShare = 1, Metric = metric, Judge = judge } };
        return model;
    }

    private async Task<Feedback> FeedbackOfAsync(string interaction)
    {
        await _world.FoldAsync();
        var window = _world.Observed.Open(Agent, Start, DateTimeOffset.MaxValue);
        await window.RefreshAsync();
        return window.Observe().Single(o => o.Interaction.Id == interaction).Feedback.Single();
    }

    private static string Say(int score) => JsonSerializer.Serialize(new { reason = "so it seems", score });
}
