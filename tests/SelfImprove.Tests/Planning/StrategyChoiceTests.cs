using SelfImprove.Agents.Manifests;
using SelfImprove.Planning;

namespace SelfImprove.Tests.Planning;

/// <summary>Every source of answers is a candidate, with its price and its errors, and each is chosen where it is worth most.</summary>
public sealed class StrategyChoiceTests
{
    private static TeacherSettings Cheap(double accuracy) => new() { Name = "cheap", Model = "openai:x/cheap", Price = 0.002m, Accuracy = accuracy };

    private static readonly TeacherSettings Strong = new() { Name = "strong", Model = "openai:x/strong", Price = 0.05m, Accuracy = 0.95 };
    private static readonly TeacherSettings Panel = new() { Name = "panel", Kind = TeacherKind.Panel, Members = ["cheap", "strong"], Price = 0.001m, Accuracy = 0.99 };
    private static readonly TeacherSettings Cascade = new() { Name = "cascade", Kind = TeacherKind.Cascade, Members = ["cheap", "strong"], Accuracy = 0.94 };
    private static readonly TeacherSettings People = new() { Name = "people", Kind = TeacherKind.People, Price = 0.25m, PeoplePerItem = 2, Accuracy = 0.99 };
    private static readonly TeacherSettings Labeller = new() { Name = "labeller", Model = "openai:x/labeller", Price = 0.01m };

    private static PlanningFacts Facts(decimal value, double cheap = 0.7, decimal left = 1_000) => PlannerTests.Facts(left: left, change: m => m with
    {
        Goal = m.Goal with { Value = value },
        Planning = m.Planning with { MaxWait = 0 },
        Teachers = [Cheap(cheap), Strong, Panel, Cascade, People, Labeller],
        Evaluation = m.Evaluation with { Labeller = "labeller" },
    }) with { ValidationItems = 80 };

    [Fact]
    public void Score_EachTeacher_CostsWhatItsMembersCost()
    {
        var scored = PlanEnumerator.Enumerate(Facts(0.05m)).Where(p => p.Rows == 100).Select(new PlanScorer(Facts(0.05m)).Score).ToDictionary(c => c.Plan.Teacher!, c => c.CostUsd);
        scored.Keys.ShouldBe(["cheap", "strong", "panel", "cascade", "people"], ignoreOrder: true, "who labels validation items teaches nobody");
        scored["cheap"].ShouldBe(0.2m);
        scored["strong"].ShouldBe(5m);
        scored["panel"].ShouldBe(5.3m, "its own price and all its members'");
        scored["cascade"].ShouldBe(1.7m, "the first member always, the others for the third of inputs that it is unsure of");
        scored["people"].ShouldBe(50m, "two people an item");
    }

    [Fact]
    public void Choose_StakesAndAccuracies_DecideWhoIsAsked()
    {
        string? Chosen(PlanningFacts facts) => Planner.Choose(facts).Chosen?.Plan.Teacher;
        Chosen(Facts(0.001m, cheap: 0.93)).ShouldBe("cheap", "little is at stake");
        Chosen(Facts(0.05m)).ShouldBe("cascade", "nearly as good as the strong model, at a third of its price");
        Chosen(Facts(5m)).ShouldBe("panel", "at these stakes a point of accuracy is worth its price, and people cost ten times as much for the same");
        Chosen(Facts(5m, left: 1)).ShouldBe("cheap", "the others are beyond the budget");
    }

    [Fact]
    public void Enumerate_PeopleDisagree_NobodysFeedbackIsTaken()
    {
        var torn = PlannerTests.Facts(cause: DiagnosisCause.ContradictoryLabels) with
        {
            Formats = new HashSet<string> { "sft", "dpo", "few-shot" }, Corrections = 50,
            Preference = new PreferenceEvidence(120, 150, 0.40, 0.36, 0.34, 0.24) { AgainstRows = new(20, 5), AgainstNothing = new(25, 7) },
        };
        PlanEnumerator.Enumerate(torn).Select(p => p.Strategy).Distinct().ShouldBe([PlanStrategy.People]);
    }
}
