using SelfImprove.Agents.Manifests;
using SelfImprove.Evaluation;
using SelfImprove.Evaluation.Judging;
using SelfImprove.Evaluation.Judging.Pairwise;
using SelfImprove.Evaluation.Reporting;
using SelfImprove.Evaluation.Scoring;
using SelfImprove.Runs;
using SelfImprove.Statistics.Randomness;
using SelfImprove.Tests.Agents;

namespace SelfImprove.Tests.Evaluation.Judging.Pairwise;

/// <summary>What judges may do to a verdict, by how far people's labels bear them out.</summary>
public class JudgeDecisionTests
{
    [Fact]
    public void Run_JudgesThatAgreeWithPeople_DecideOnAllItems()
    {
        var report = Judge.Run(Question(Items(200, labelled: 80, reliable: 1)));

        report.Judges!.MayDecide.ShouldBeTrue(report.Judges.Words);
        (report.Evaluator, report.Items, report.Verdict).ShouldBe(("judge", 200, Verdict.Pass));
        report.Judges.PeopleItems.ShouldBe(80);
        report.Judges.KappaLow.ShouldNotBeNull().ShouldBeGreaterThan(0.4);
        report.SuperiorityProven.ShouldBeTrue();
        ReportPage.Write(report).ShouldContain("may decide: kappa with people");
        Judge.Run(Question(Items(200, 80, 1)) with { IndependentJudges = false }).SuperiorityProven.ShouldBeFalse();
    }

    [Fact]
    public void Run_JudgesThatGuess_AreOnlyReportedAndLabelsDecide()
    {
        var report = Judge.Run(Question(Items(200, labelled: 80, reliable: 0)));

        report.Judges!.MayDecide.ShouldBeFalse();
        (report.Evaluator, report.Items).ShouldBe(("decision", 80));
        report.Caveats.ShouldContain(c => c.Contains("The manifest wants judges to decide, but they are only reported: kappa with people"));
        report.Gates.Single(g => g.Gate == "judges").Outcome.ShouldBe(GateOutcome.Holds);
    }

    [Fact]
    public void Measure_ManyEqualAnswers_AreNoAgreementOfAJudgeThatGuesses()
    {
        // Four in five pairs are the same answer twice: a tie for people and judges alike, without anybody being asked. On the others the judge guesses.
        var random = new SeededRandom(8);
        var items = Items(500, labelled: 500, reliable: 0).Select((item, i) =>
        {
            if (i % 5 != 0) return item with { Champion = Answer(1), Candidate = Answer(1), Judged = JudgedPair.Same(1) };
            var said = random.NextBool(0.5) ? PairVerdict.Candidate : PairVerdict.Champion;
            var better = random.NextBool(0.5);
            return item with { Champion = Answer(better ? 0 : 1), Candidate = Answer(better ? 1 : 0), Judged = new JudgedPair(said, [said], 0) };
        }).ToList();

        var report = JudgeAgreement.Measure(new JudgeSettings { Models = ["a:1"] }, items);

        report.PeopleItems.ShouldBe(100);
        report.Kappa.ShouldNotBeNull().ShouldBeInRange(-0.25, 0.25);
        report.MayDecide.ShouldBeFalse();
        report.Ties.ShouldBe(400);
    }

    [Fact]
    public void Run_TooFewItemsOfPeople_JudgesAreOnlyReported()
    {
        var report = Judge.Run(Question(Items(200, labelled: 29, reliable: 1)));

        report.Judges!.Words.ShouldBe("only reported: 29 of the judged items were labelled by people, at least 30 are needed to measure agreement");
        report.Verdict.ShouldBe(Verdict.Inconclusive);
    }

    [Fact]
    public void Run_LabelsOfATeacher_SayNothingOfTheJudges() =>
        Judge.Run(Question(Items(200, 80, 1, source: "teacher:strong"))).Judges!.PeopleItems.ShouldBe(0);

    [Fact]
    public void Run_HigherBar_IsAMatterOfTheManifest()
    {
        var items = Items(200, 80, reliable: 0.75);
        Judge.Run(Question(items, least: 0.3)).Judges!.MayDecide.ShouldBeTrue();
        Judge.Run(Question(items, least: 0.9)).Judges!.MayDecide.ShouldBeFalse();
    }

    [Fact]
    public void Run_JudgesDecideAndGoalIsLow_NotWorseThanTheChampionIsNoGoal()
    {
        var items = Items(200, 80, 1).Select(i => i with { Judged = i.Judged! with { Verdict = i.Judged.Verdict == PairVerdict.Candidate && i.Id.EndsWith('0') ? PairVerdict.Candidate : PairVerdict.Tie } });
        var report = Judge.Run(Question([.. items], least: 0));

        report.Evaluator.ShouldBe("judge");
        report.Gates.Single(g => g.Gate == "improvement").Text.ShouldNotContain("goal");
    }

    [Fact]
    public void Run_AnotherEvaluator_JudgesMayOnlyStop()
    {
        // By labels the candidate is better; the judges, whom people bear out, find it worse on the many items without a label.
        var items = Items(400, labelled: 100, reliable: 1);
        for (var i = 100; i < 400; i++) items[i] = items[i] with { Judged = new JudgedPair(PairVerdict.Champion, [PairVerdict.Champion], 0) };

        var report = Judge.Run(Question(items, evaluator: "decision"));

        report.Evaluator.ShouldBe("decision");
        report.Gates.Single(g => g.Gate == "judges").Outcome.ShouldBe(GateOutcome.Broken);
        report.Verdict.ShouldBe(Verdict.Fail);
    }

    [Fact]
    public void Measure_Panel_ReportsItsOwnAgreementAndEachJudges()
    {
        var random = new SeededRandom(5);
        var items = Items(120, 60, 1).Select(i => i with
        {
            Judged = new JudgedPair(i.Judged!.Verdict, [i.Judged.Verdict, i.Judged.Verdict, (PairVerdict)random.Next(3)], 0),
        }).ToList();
        var report = JudgeAgreement.Measure(new JudgeSettings { Models = ["a:1", "a:2", "a:3"] }, items);

        report.PanelAlpha.ShouldNotBeNull().ShouldBeInRange(0.1, 0.7);
        report.KappaByJudge[0].ShouldNotBeNull().ShouldBe(1, 1e-9);
        report.KappaByJudge[2].ShouldNotBeNull().ShouldBeLessThan(0.4);
        JudgeAgreement.Measure(new JudgeSettings { Models = ["a:1"] }, items).PanelAlpha.ShouldBeNull();
    }

    [Theory]
    [InlineData("people:ada", false, 0, 1, PairVerdict.Candidate)]
    [InlineData("people:ada", false, 1, 0.97, PairVerdict.Tie)]
    [InlineData("golden", true, 1, 0, PairVerdict.Champion)]
    [InlineData("teacher:strong", false, 0, 1, null)]
    [InlineData("none", false, 0, 0, null)]
    public void PreferenceOfPeople_FollowsFromTheirLabel(string source, bool golden, double champion, double candidate, PairVerdict? expected) =>
        JudgeAgreement.PreferenceOfPeople(new ItemScore("i", "x", source, golden, false, [], Answer(champion), Answer(candidate))).ShouldBe(expected);

    private static AnswerScore Answer(double score) => new(score, "x", false, null, false, 1, 0);

    private static JudgeQuestion Question(IReadOnlyList<ItemScore> scores, double least = 0.4, string evaluator = "judge") => new()
    {
        Evaluation = new EvaluateInput(new RunRef("helpdesk", "helpdesk-0001", 1, 1), "v1", "v2", 0),
        Manifest = Some.Manifest() with
        {
            Evaluation = new EvaluationSettings { Evaluator = evaluator, Judge = new JudgeSettings { Models = ["test:judge"], LeastKappa = least } },
        },
        Scores = scores,
        Drawn = scores.Count,
        AlphaLeft = 0.025,
        Last = true,
    };

    /// <summary>Items of which the candidate is better in 30%, alike in 60%, worse in 10%; the first are labelled; judges see the truth with a probability, else
    /// guess.</summary>
    private static List<ItemScore> Items(int count, int labelled, double reliable, string source = "people:ada")
    {
        var random = new SeededRandom(3);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            var truth = (i % 10) switch { < 3 => PairVerdict.Candidate, < 9 => PairVerdict.Tie, _ => PairVerdict.Champion };
            var said = random.NextBool(reliable) ? truth : (PairVerdict)random.Next(3);
            var isLabelled = i < labelled;
            return new ItemScore(
                $"i{i}", isLabelled ? "billing" : "", isLabelled ? source : ItemScore.Unlabelled, false, false, [],
                Answer(isLabelled && truth == PairVerdict.Candidate ? 0 : 1), Answer(isLabelled && truth == PairVerdict.Champion ? 0 : 1))
            {
                Judged = new JudgedPair(said, [said], 0),
            };
        })];
    }
}
