using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration;
using SelfImprove.Loop;
using SelfImprove.Models;
using SelfImprove.Monitoring.Aggregation;
using SelfImprove.Planning;
using SelfImprove.Runs;
using SelfImprove.Testing.Loop;
using SelfImprove.Training;

namespace SelfImprove.Tests.Loop;

/// <summary>What happens when a round comes to nothing: other sources, no more money, no more time.</summary>
public sealed class RoundsTests(DriftedWorld origin) : IClassFixture<DriftedWorld>
{
    private const string Agent = ImprovementWorld.Agent, Run = DriftedWorld.Run;

    private static AgentManifest WithLyingTeacher(AgentManifest m, params TeacherSettings[] more) => m with
    {
        Teachers = [m.Teachers[0] with { Model = $"builtin:{SmallManifest.LiarPath}" }, m.Teachers[1], .. more],
    };

    [Fact]
    public async Task Run_TeacherIsPoor_GoesToPeopleInTheSecondRound()
    {
        var experts = new TeacherSettings { Name = "experts", Kind = TeacherKind.People, Price = 0.1m, Accuracy = 0.99 };
        await using var world = await origin.ForkAsync(m => WithLyingTeacher(m, experts));

        var outcome = await world.EndAsync();

        outcome.Ending.ShouldBe(ImprovementEnding.Promoted, outcome.Reason);
        outcome.Rounds.ShouldBe(2);
        (await world.ReadAsync<PlanChoice>("plan-1.json"))!.Chosen!.Plan.Teacher.ShouldBe("strong");
        var second = (await world.ReadAsync<PlanChoice>("plan-2.json"))!;
        second.Chosen!.Plan.Teacher.ShouldBe("experts");
        second.Candidates.ShouldAllBe(c => c.Plan.Teacher != "strong" || c.Obstacle == "what it taught before made answers worse");
        var card = (await world.ReadAsync<DatasetCard>("dataset-2.card.json"))!;
        card.Sources.Keys.ShouldAllBe(s => s.StartsWith("people:"), "what the poor teacher said is not trained on again");
        var entry = (await world.Get<Ledger>().ReadAsync(Agent)).Single();
        entry.Plan.ShouldContain("experts");
        entry.RealisedGain!.Value.ShouldBeGreaterThan(0.05, "gain and prediction are of the same round");
        (await world.TroubleAfterAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Run_NoSourceIsAnyGood_EndsWithAReasonAndTheChampion()
    {
        // What is left after the first round buys fewer answers of people than are worth a training.
        await using var world = await origin.ForkAsync(m => WithLyingTeacher(m with { Teachers = [m.Teachers[0], m.Teachers[1] with { Price = 1 }] }) with
        {
            Planning = m.Planning with { MaxRounds = 2 }, Budget = m.Budget with { PerRun = m.Budget.PerRun - 20 },
        });

        var outcome = await world.EndAsync(requests: 0);

        outcome.Ending.ShouldBeOneOf(ImprovementEnding.NotGoodEnough, ImprovementEnding.NothingToDo);
        outcome.Champion.ShouldBe("v1");
        outcome.Reason.Length.ShouldBeGreaterThan(40);
        (await world.TroubleAfterAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Run_OneRoundAllowed_EndsNotGoodEnough()
    {
        await using var world = await origin.ForkAsync(m => WithLyingTeacher(m) with { Planning = m.Planning with { MaxRounds = 1 } });

        var outcome = await world.EndAsync(requests: 0);

        outcome.Ending.ShouldBe(ImprovementEnding.NotGoodEnough, outcome.Reason);
        outcome.Reason.ShouldStartWith("1 round gave no version that passes: ");
        outcome.Reason.ShouldEndWith("The champion keeps serving.");
        var entry = (await world.Get<Ledger>().ReadAsync(Agent)).Single();
        entry.RealisedGain!.Value.ShouldBeLessThan(entry.PredictedGain);
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(1.1)]
    [InlineData(6.0)]
    public async Task Run_BudgetRunsOut_SpendsNoMoreAndSaysSo(double budget)
    {
        await using var world = await origin.ForkAsync(m => m with { Budget = new BudgetSettings { PerRun = (decimal)budget, PerMonth = 200 } });

        var outcome = await world.EndAsync(requests: 800);

        outcome.Ending.ShouldNotBe(ImprovementEnding.Failed, outcome.Reason);
        (await world.SpendAsync()).Sum(e => e.Usd).ShouldBeLessThanOrEqualTo((decimal)budget);
        if (outcome.Ending != ImprovementEnding.Promoted) outcome.Reason.ShouldContain("budget");
        (await world.TroubleAfterAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Run_PeopleNeverAnswer_EndsWithoutACandidateThatServes()
    {
        await using var world = await origin.ForkAsync(m => m with { Planning = m.Planning with { MaxRounds = 1 } });
        await world.LookAsync(answerInbox: false);
        for (var day = 0; day < 3 && await world.OutcomeAsync(Run) is null; day++) await world.PassAsync(TimeSpan.FromDays(1));

        var outcome = (await world.OutcomeAsync(Run)).ShouldNotBeNull();
        outcome.Ending.ShouldBe(ImprovementEnding.NotGoodEnough, outcome.Reason);
        (await world.RoutingAsync()).Champion.ShouldBe("v1");
        (await world.TroubleAfterAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Run_UsersCorrected_LearnsFromThemForNothing()
    {
        await using var world = await origin.ForkAsync(m => m with { Teachers = [m.Teachers[1]] });
        await world.ServeAsync(160, world.AnyClass, correct: true);

        var outcome = await world.EndAsync();

        outcome.Ending.ShouldBe(ImprovementEnding.Promoted, outcome.Reason);
        (await world.ReadAsync<PlanChoice>("plan-1.json"))!.Candidates.ShouldContain(c => c.Plan.Strategy == PlanStrategy.Corrections);
        var card = (await world.ReadAsync<DatasetCard>("dataset-1.card.json"))!;
        card.Sources.Where(s => s.Key.StartsWith("feedback:")).Sum(s => s.Value).ShouldBeGreaterThan(20);
        (await world.TroubleAfterAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Run_SameTeacherAgain_TrainsOnAllThatWasPaidForAndAsksNothingTwice()
    {
        // Too few items to prove anything in the first round: the planner asks for more of the same.
        await using var world = await origin.ForkAsync(m => m with { Planning = m.Planning with { MaxRows = 60 } });
        await world.LookAsync(answerInbox: false);
        await world.ChangeManifestAsync(m => m);
        var items = new List<string>();
        await world.EndAsync(requests: 800);
        foreach (var path in world.Store.Paths.Where(p => p.Contains("/labels-") && !p.Contains("validation") && char.IsAsciiHexDigit(p[^7]) && p.Split('-')[^1].Length > 10))
            await foreach (var item in JsonLines.ReadAsync<SelfImprove.DataGeneration.Labelling.LabelledItem>(world.Store, path)) items.Add(item.Id);
        items.Count.ShouldBeGreaterThan(60);
        items.ShouldBeUnique();
        (await world.SpendAsync()).Where(e => e.What.Contains("of strong")).Sum(e => e.Usd).ShouldBe(items.Count * 0.004m);
    }

    [Fact]
    public async Task Run_ASourceLies_IsQuarantinedAndNothingIsTrained()
    {
        await using var world = await origin.ForkAsync();
        await world.ServeAsync(120, world.AnyKnown, source: "mallory", judge: right => !right);
        await world.Get<Aggregator>().FoldAsync(Agent);

        var outcome = await world.EndAsync(requests: 0);

        outcome.Ending.ShouldBe(ImprovementEnding.Quarantined, outcome.Reason);
        outcome.Reason.ShouldContain("human:mallory");
        (await world.Get<Aggregator>().FoldAsync(Agent)).Sources["human:mallory"].Quarantined.ShouldBeTrue();
        (await world.TroubleAfterAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Run_TheTeacherIsGone_EndsWithAReasonAPersonCanActOn()
    {
        await using var world = await origin.ForkAsync(m => m with { Teachers = [m.Teachers[0] with { Model = "nowhere:model" }, m.Teachers[1]] });

        var outcome = await world.EndAsync(requests: 0);

        outcome.Ending.ShouldNotBe(ImprovementEnding.Promoted);
        outcome.Reason.ShouldContain("nowhere");
        outcome.Champion.ShouldBe("v1");
        (await world.TroubleAfterAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Pause_WhileImproving_IsLiftedForTheRolloutAndWhateverTheEnding()
    {
        await using var world = await origin.ForkAsync(m => m with { Deployment = m.Deployment with { WhileImproving = WhileImproving.Pause } });
        await world.LookAsync(answerInbox: false);
        (await world.RoutingAsync()).Pause!.Run.ShouldBe(Run);
        (await world.ServeAsync(5, world.AnyClass)).ShouldBe(5, "the agent is out of operation");
        await world.LookAsync();
        (await world.RoutingAsync()).Pause.ShouldBeNull("an A/B test needs traffic");
        (await world.EndAsync()).Ending.ShouldBe(ImprovementEnding.Promoted);
        (await world.AuditAsync()).Select(e => e.Kind).Where(k => k is "agentPaused" or "agentResumed").ShouldBe(["agentPaused", "agentResumed"]);
    }

    [Fact]
    public async Task Pause_TheRunFails_IsLifted()
    {
        await using var world = await origin.ForkAsync(
            m => m with { Deployment = m.Deployment with { WhileImproving = WhileImproving.Pause }, Student = m.Student with { Trainer = "broken" } },
            services => services.AddSingleton<ITrainer, BrokenTrainer>());
        await world.LookAsync();
        var outcome = (await world.OutcomeAsync(Run))!;
        outcome.Ending.ShouldBe(ImprovementEnding.Failed);
        outcome.Reason.ShouldContain("The trainer is broken.");
        (await world.AuditAsync()).ShouldContain(e => e.Kind == "agentPaused");
        (await world.TroubleAfterAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Run_TrainerThatThisHostLacks_FailsBeforeItSpendsOnData()
    {
        await using var world = await origin.ForkAsync(m => m with { Student = m.Student with { Trainer = "nobody" } });
        await world.LookAsync();
        var outcome = (await world.OutcomeAsync(Run))!;
        outcome.Ending.ShouldBe(ImprovementEnding.Failed);
        outcome.Reason.ShouldContain("student.trainer is 'nobody', but this host has only: builtin");
        (await world.TroubleAfterAsync()).ShouldBeNull();
    }

    private sealed class BrokenTrainer : ITrainer
    {
        public string Name => "broken";

        public IReadOnlySet<string> Formats { get; } = new HashSet<string> { "sft" };

        public Task<string> SubmitAsync(TrainingJob job, string idempotencyKey, CancellationToken cancellationToken = default) => throw new InvalidOperationException("The trainer is broken.");

        public Task<TrainingStatus> GetAsync(string jobId, CancellationToken cancellationToken = default) => throw new InvalidOperationException("The trainer is broken.");

        public Task CancelAsync(string jobId, CancellationToken cancellationToken = default) => Task.CompletedTask;
    }
}
