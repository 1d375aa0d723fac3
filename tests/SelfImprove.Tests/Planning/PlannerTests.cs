using FsCheck;
using FsCheck.Fluent;
using SelfImprove.Agents.Manifests;
using SelfImprove.Planning;
using SelfImprove.Testing.Loop;
using SelfImprove.Testing;

namespace SelfImprove.Tests.Planning;

/// <summary>What the planner chooses, and why it stops.</summary>
public sealed class PlannerTests
{
    internal static PlanningFacts Facts(double error = 0.4, int pool = 1_000, decimal left = 100, DiagnosisCause cause = DiagnosisCause.InputShift, Func<AgentManifest, AgentManifest>? change = null)
    {
        var manifest = SmallManifest.Create(new SmallTask(10, 7));
        manifest = manifest with { Planning = manifest.Planning with { MaxWait = 2_000 } };
        return new PlanningFacts
        {
            Manifest = change?.Invoke(manifest) ?? manifest,
            Diagnosis = new Diagnosis
            {
                KnownDecisions = 6, UnseenDecisions = 4, UnseenShare = Math.Min(error, 0.3), Cause = cause, Evidence = ["Reward fell from 0.95 to 0.60 at 2026-03-02 10:00 UTC."], ChampionError = error, ChampionErrorSd = 0.02, Measured = true,
            },
            Formats = new HashSet<string> { "sft" },
            Pool = pool,
            PoolPerHundred = 60,
            ValidationPool = 200,
            ValidationPerHundred = 15,
            Left = left,
        };
    }

    private static TeacherSettings Experts(decimal price) => new() { Name = "experts", Kind = TeacherKind.People, Price = price, Accuracy = 0.99 };

    private static ImprovementPlan PlanOf(string teacher, int rows) => new() { Strategy = PlanStrategy.Teacher, Teacher = teacher, Rows = rows };

    [Fact]
    public void Choose_LargeErrorAndCheapTeacher_AsksItAndSaysWhatItExpects()
    {
        var choice = Planner.Choose(Facts());
        choice.Stop.ShouldBeNull();
        choice.Chosen!.Plan.Teacher.ShouldBe("strong");
        choice.Chosen.Gain.ShouldBeGreaterThan(0.05);
        choice.Chosen.NetUsd.ShouldBeGreaterThanOrEqualTo(Planner.Patience * choice.Candidates.Where(c => c.Obstacle is null && c.Promoted >= Planner.LeastPromoted).Max(c => c.NetUsd));
        choice.Chosen.Describe().ShouldMatch("^(wait for [0-9]+ more requests, then )?[0-9]+ labels from strong \\((uncertain inputs first|random inputs)\\)$");
    }

    [Fact]
    public void Choose_PoolIsTinyAndGainLarge_Waits() => Planner.Choose(Facts(error: 0.5, pool: 30)).Chosen!.Plan.Wait.ShouldBeGreaterThan(0);

    [Fact]
    public void Choose_TeacherIsBadAndStakesHigh_AsksPeople()
    {
        AgentManifest High(AgentManifest m) => m with { Goal = m.Goal with { Value = 1m }, Teachers = [m.Teachers[0] with { Accuracy = 0.5 }, m.Teachers[1], Experts(0.05m)] };
        Planner.Choose(Facts(change: High)).Chosen!.Plan.Teacher.ShouldBe("experts");
        AgentManifest Low(AgentManifest m) => High(m) with { Goal = m.Goal with { Value = 0.0005m }, Teachers = [m.Teachers[0], m.Teachers[1], Experts(5)] };
        Planner.Choose(Facts(change: Low)).Chosen?.Plan.Teacher.ShouldBe("strong");
    }

    [Theory]
    [InlineData(DiagnosisCause.Infrastructure)]
    [InlineData(DiagnosisCause.Regression)]
    [InlineData(DiagnosisCause.BadFeedbackSource)]
    public void Choose_CauseThatTrainingCannotMend_Stops(DiagnosisCause cause)
    {
        var choice = Planner.Choose(Facts(cause: cause));
        choice.Chosen.ShouldBeNull();
        choice.Stop.ShouldBe("Training would not help: Reward fell from 0.95 to 0.60 at 2026-03-02 10:00 UTC.");
    }

    [Fact]
    public void Choose_StopReasons_SayExactlyWhatIsMissing()
    {
        Planner.Choose(Facts(pool: 5, change: m => m with { Planning = m.Planning with { MaxWait = 0 } })).Stop
            .ShouldBe("There is nothing to learn from: 5 recent inputs to label, 0 labelled already and 0 corrections; 20 are needed.");
        Planner.Choose(Facts(error: 0.03, change: m => m with { Goal = m.Goal with { Target = 0.9 } })).Stop.ShouldBe("The goal is reached: quality is 0.970, the target 0.900.");
        Planner.Choose(Facts(left: 0)).Stop!.ShouldMatch("^Nothing affordable is likely to help; the cheapest plan that is, .* would cost [0-9.]+ USD against 0 left of the budget\\.$");
        Planner.Choose(Facts(error: 0.01)).Stop!.ShouldMatch("^No plan is likely to be proven better: the best, .* is predicted to gain -?[0-9.]+ \\+- [0-9.]+ \\(chance of promotion \\d+ ?%\\)\\.$");
        Planner.Choose(Facts(change: m => m with { Goal = m.Goal with { Value = 0.000001m } })).Stop!
            .ShouldMatch("^No plan pays for itself: the best, .*, is expected to return -[0-9.]+ USD after its cost of [0-9.]+ USD\\.$");
    }

    [Fact]
    public void Choose_APersonAsked_NeedNotPayForItself()
    {
        var facts = Facts(change: m => m with { Goal = m.Goal with { Value = 0.000001m } });
        Planner.Choose(facts with { Asked = true }).Chosen.ShouldNotBeNull();
    }

    [Fact]
    public void Choose_AfterAFailedRound_DiffersFromIt()
    {
        var first = Planner.Choose(Facts()).Chosen!.Plan;
        var earlier = new RoundResult(first, first.Rows, 0.38, 80, ["improvement: it is not better"], ChampionError: 0.4);
        var next = Planner.Choose(Facts() with { Earlier = [earlier] });
        if (next.Chosen is { } chosen) (chosen.Plan.Teacher != first.Teacher || chosen.Plan.Rows >= first.Rows / 2).ShouldBeTrue();
        next.Candidates.Where(c => c.Plan.Teacher == first.Teacher && c.Plan.Wait == 0 && c.Plan.Rows < first.Rows / 2).ShouldAllBe(c => c.Obstacle != null);
        next.Candidates.Where(c => c.Plan.Wait > 0).ShouldAllBe(c => c.Obstacle != null);
    }

    [Fact]
    public void Choose_SourceThatDidHarm_IsNotAskedAgainAndDoesNotTaintOthers()
    {
        var harm = new RoundResult(PlanOf("strong", 100), 100, 0.9, 80, ["worse"], ChampionError: 0.4);
        var choice = Planner.Choose(Facts(change: m => m with { Teachers = [.. m.Teachers, Experts(0.05m)] }) with { Earlier = [harm], Curve = [new CurvePoint(50, 0.9, 100)] });
        choice.Chosen!.Plan.Teacher.ShouldBe("experts");
        choice.Candidates.Where(c => c.Plan.Teacher == "strong").ShouldAllBe(c => c.Obstacle != null);
    }

    [Fact]
    public void Choose_LedgerOfBrokenPromises_PredictsLess()
    {
        static LedgerEntry Entry(double predicted, double? realised) => new("r", default, "p", 100, predicted, realised, null, 1, 1, "Promoted");
        Ledger.Realism([]).ShouldBe(1);
        Ledger.Realism([Entry(0.2, null)]).ShouldBe(1, "an unmeasured run teaches nothing");
        var broken = Ledger.Realism(Enumerable.Repeat(Entry(0.2, 0.05), 10));
        broken.ShouldBeInRange(0.3, 0.5);
        Ledger.Realism(Enumerable.Repeat(Entry(0.1, 0.4), 50)).ShouldBe(1.5, "bounded");
        var plan = PlanOf("strong", 400);
        new PlanScorer(Facts() with { Realism = broken }).Score(plan).Gain.ShouldBe(new PlanScorer(Facts()).Score(plan).Gain * broken, 1e-9);
    }

    [Fact]
    public void Enumerate_AModelThatLabelsTheEvaluation_TeachesNobody() =>
        PlanEnumerator.Enumerate(Facts(change: m => m with { Evaluation = m.Evaluation with { Labeller = "strong" } })).ShouldAllBe(p => p.Teacher == "people");

    [Fact]
    public void Score_PanelAndCascade_CostTheirMembersToo()
    {
        var facts = Facts(change: m => m with
        {
            Teachers = [m.Teachers[0], new() { Name = "other", Price = 0.01m }, new() { Name = "panel", Kind = TeacherKind.Panel, Members = ["strong", "other"] },
                new() { Name = "cascade", Kind = TeacherKind.Cascade, Members = ["strong", "other"] }, m.Teachers[1]],
        }) with { ValidationPool = 0, ValidationPerHundred = 0 };
        var scorer = new PlanScorer(facts);
        scorer.Score(PlanOf("strong", 100)).CostUsd.ShouldBe(0.4m);
        scorer.Score(PlanOf("panel", 100)).CostUsd.ShouldBe(1.4m);
        scorer.Score(PlanOf("cascade", 100)).CostUsd.ShouldBe(0.7m);
    }

    [Fact]
    public void Choose_AnyFacts_StaysInTheBudgetAndIsDeterministic() => Check.One(Properties.Checked.WithMaxTest(60), Prop.ForAll(
        (from error in Gen.Choose(0, 100) from pool in Gen.Choose(0, 4_000) from cents in Gen.Choose(0, 3_000) from rounds in Gen.Choose(0, 2) from asked in Gen.Elements(true, false)
         select (error, pool, cents, rounds, asked)).ToArbitrary(),
        given =>
        {
            var facts = Facts(given.error / 100.0, given.pool, given.cents / 100m) with
            {
                Asked = given.asked,
                Earlier = [.. Enumerable.Range(1, given.rounds).Select(r => new RoundResult(PlanOf("strong", r * 100), r * 100, given.error / 110.0, 80, ["no"], ChampionError: given.error / 100.0))],
            };
            var choice = Planner.Choose(facts);
            (choice.Chosen is null).ShouldBe(choice.Stop is { Length: > 20 });
            if (choice.Chosen is { } chosen)
            {
                chosen.CostUsd.ShouldBeLessThanOrEqualTo(facts.Left);
                chosen.Obstacle.ShouldBeNull();
                chosen.Plan.Rows.ShouldBeLessThanOrEqualTo(facts.Manifest.Planning.MaxRows);
                (given.asked || chosen.NetUsd > 0).ShouldBeTrue();
            }
            var again = Planner.Choose(facts);
            (again.Chosen, again.Stop).ShouldBe((choice.Chosen, choice.Stop));
        }));
}
