using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration.SelfPlay;
using SelfImprove.Planning;

namespace SelfImprove.Tests.Planning;

/// <summary>Plans that ask nobody for labels: offered only where the trainer can and what was measured speaks for them.</summary>
public sealed class WithoutLabelsTests
{
    private static readonly PreferenceEvidence Good = new(120, 150, 0.40, 0.36, 0.34, 0.24) { AgainstRows = new(20, 5), AgainstNothing = new(25, 7) };

    private static PlanningFacts Facts(params string[] formats) => PlannerTests.Facts(change: m => m with
    {
        Planning = m.Planning with { MaxWait = 0 },
        Teachers = [new TeacherSettings { Name = "people", Kind = TeacherKind.People, Price = 50m }, new TeacherSettings { Name = "auditor", Model = "builtin:auditor", Price = 0.01m, Accuracy = 0.97 }],
        Evaluation = m.Evaluation with { Labeller = "auditor" },
    }) with
    { Formats = formats.ToHashSet(), Pool = 400 };

    private static List<PlanStrategy> Offered(PlanningFacts facts) => [.. PlanEnumerator.Enumerate(facts).Select(p => p.Strategy).Distinct()];

    [Fact]
    public void Enumerate_WhatNoTrainerCanDo_IsNotOffered()
    {
        Offered(Facts("sft") with { Corrections = 50, Preference = Good }).ShouldBe([PlanStrategy.Corrections, PlanStrategy.People]);
        Offered(Facts("sft", "dpo") with { Corrections = 50, Preference = Good }).ShouldBe([PlanStrategy.Preference, PlanStrategy.Corrections, PlanStrategy.People]);
        Offered(Facts("few-shot") with { Corrections = 50, Preference = Good }).ShouldBe([PlanStrategy.FewShot]);
        Offered(Facts("few-shot")).ShouldBeEmpty("there are no examples to show");
    }

    [Fact]
    public void Choose_PairsThatBeatRows_AreChosen()
    {
        var choice = Planner.Choose(Facts("sft", "dpo") with { Preference = Good });
        choice.Chosen!.Plan.Strategy.ShouldBe(PlanStrategy.Preference);
        choice.Chosen.Gain.ShouldBe(0.16, 1e-9);
        PlanEnumerator.Problem(choice.Chosen.Plan, Facts("sft", "dpo")).ShouldBeNull();
    }

    [Fact]
    public void Choose_PairsThatRowsMatch_AreNotChosen()
    {
        var choice = Planner.Choose(Facts("sft", "dpo") with { Preference = Good with { ErrorOfRows = 0.25, AgainstRows = new(9, 7) } });
        (choice.Chosen?.Plan.Strategy).ShouldNotBe(PlanStrategy.Preference);
        choice.Candidates.Single(c => c.Plan.Strategy == PlanStrategy.Preference).Obstacle!.ShouldStartWith("the same feedback taken as rows does as well");
    }

    [Fact]
    public void Choose_PairsThatTeachNothing_AreNotChosenThoughRowsDoHarm()
    {
        var choice = Planner.Choose(Facts("sft", "dpo") with { Preference = Good with { ErrorWithout = 0.25, AgainstNothing = new(9, 8) } });
        (choice.Chosen?.Plan.Strategy).ShouldNotBe(PlanStrategy.Preference);
        choice.Candidates.Single(c => c.Plan.Strategy == PlanStrategy.Preference).Obstacle.ShouldBe("the pairs teach nothing: error 0.250 without them, 0.240 with them on 150 items");
    }

    [Fact]
    public void Choose_PairsThatDoHarm_AreNotChosenEvenWhereRowsDoMore()
    {
        var choice = Planner.Choose(Facts("sft", "dpo") with { Preference = Good with { ErrorOfRows = 0.55, ErrorOfPairs = 0.45 } });
        (choice.Chosen?.Plan.Strategy).ShouldNotBe(PlanStrategy.Preference);
    }

    [Fact]
    public void Score_SelfPlay_CostsItsVerifierAndCountsWhatItMends()
    {
        var facts = Facts("sft") with { SelfPlay = new VerifierAudit(150, 120, 58, 56, 2, 0.02m), ValidationPool = 0, ValidationPerHundred = 0 };
        var plan = PlanEnumerator.Enumerate(facts).First(p => p is { Strategy: PlanStrategy.SelfPlay, Rows: 200 });
        var scored = new PlanScorer(facts).Score(plan);
        scored.CostUsd.ShouldBe(4m);
        var poorer = new PlanScorer(facts with { SelfPlay = new VerifierAudit(150, 120, 55, 35, 5, 0.02m) }).Score(plan);
        poorer.Gain.ShouldBeLessThan(scored.Gain);
    }
}
