using SelfImprove.Agents.Manifests;
using SelfImprove.Evaluation;
using SelfImprove.Evaluation.Judging;
using SelfImprove.Evaluation.Reporting;
using SelfImprove.Evaluation.Scoring;
using SelfImprove.Runs;
using SelfImprove.Statistics.Randomness;
using SelfImprove.Tests.Agents;

namespace SelfImprove.Tests.Evaluation.Judging;

public class JudgeTests
{
    [Fact]
    public void Run_ClearlyBetter_PassesWithSuperiority()
    {
        var report = Judge.Run(Question(Scores(both: 100, candidateOnly: 40, championOnly: 10, none: 50)));

        report.Verdict.ShouldBe(Verdict.Pass);
        report.SuperiorityProven.ShouldBeTrue();
        report.DifferenceLow.ShouldBeGreaterThan(0);
        (report.ChampionScore, report.CandidateScore).ShouldBe((0.55, 0.7));
    }

    [Fact]
    public void Run_BetterByItsOwnTeachersLabels_PassesWithoutSuperiority() =>
        Judge.Run(Question(Scores(100, 40, 10, 50)) with { IndependentLabels = false }).SuperiorityProven.ShouldBeFalse();

    [Fact]
    public void Run_ALittleBetter_IsInconclusiveAndAsksForAsManyItemsAsThePowerCalculationSays()
    {
        var report = Judge.Run(Question(Scores(100, 20, 10, 70)));

        report.Verdict.ShouldBe(Verdict.Inconclusive);
        report.ItemsWanted!.Value.ShouldBeInRange(500, 1_000); // 5 points at 15% differing items
        Judge.Run(Question(Scores(100, 20, 10, 70)) with { Last = true }).ItemsWanted.ShouldBeNull();
    }

    [Fact]
    public void Run_NotBetter_FailsRatherThanAskingForMore() => Judge.Run(Question(Scores(100, 10, 10, 80))).Verdict.ShouldBe(Verdict.Fail);

    [Fact]
    public void Run_GoalReachedAndNotWorse_Passes()
    {
        var report = Judge.Run(Question(Scores(390, 3, 2, 5)));

        report.Verdict.ShouldBe(Verdict.Pass);
        report.SuperiorityProven.ShouldBeFalse();
        report.Gates.Single(g => g.Gate == "improvement").Text.ShouldContain("goal of 0.9 is reached");
    }

    [Fact]
    public void Run_OneAnswerOutsideTheManifest_Fails()
    {
        var scores = Scores(100, 40, 10, 50);
        scores[3] = scores[3] with { Candidate = scores[3].Candidate with { Outside = "'wire-money' is none of the agent's 3 decisions" } };

        var report = Judge.Run(Question(scores));

        report.Verdict.ShouldBe(Verdict.Fail);
        report.Gates[0].Text.ShouldContain("'wire-money'");
    }

    [Fact]
    public void Run_DeclinesMore_FailsThoughBetter()
    {
        var scores = Scores(100, 60, 10, 50);
        for (var i = 0; i < 12; i++) scores[^(i + 1)] = scores[^(i + 1)] with { Candidate = scores[^(i + 1)].Candidate with { Refused = true } };

        Judge.Run(Question(scores)).Gates.First(g => g.Outcome == GateOutcome.Broken).Gate.ShouldBe("refusals");
    }

    [Fact]
    public void Run_WorseOnTheGoldenSet_Fails()
    {
        var golden = Scores(5, 1, 2, 0).Select(s => s with { Golden = true });
        var question = Question([.. Scores(100, 40, 10, 50), .. golden]);

        var report = Judge.Run(question with { Manifest = question.Manifest with { Evaluation = question.Manifest.Evaluation with { GoldenSet = "pinned" } } });

        report.Verdict.ShouldBe(Verdict.Fail);
        report.Items.ShouldBe(200);
        report.Gates[0].Text.ShouldContain("worse on the golden set pinned");
    }

    [Fact]
    public void Run_OneLargeSliceCollapses_FailsAndNamesIt()
    {
        var scores = Scores(100, 80, 0, 0).Concat(Scores(0, 0, 30, 10, "expected=travel")).ToList();

        var report = Judge.Run(Question(scores));

        report.Verdict.ShouldBe(Verdict.Fail);
        report.Slices[0].ShouldSatisfyAllConditions(s => s.Slice.ShouldBe("expected=travel"), s => s.ProvenWorse.ShouldBeTrue());
    }

    [Fact]
    public void Run_TinySlices_AreMergedOrUntestedAndNeverCalledSafe()
    {
        var scores = Enumerable.Range(0, 60).SelectMany(i => Scores(2, 1, 0, 0, $"expected=c{i}")).ToList();

        var report = Judge.Run(Question(scores));

        report.Slices.ShouldHaveSingleItem().Slice.ShouldBe("expected: 60 small slices");
        ReportPage.Write(report).ShouldNotContain("is safe |");
        report.Caveats.ShouldContain(c => c.Contains("does not mean that the candidate is safe"));
    }

    [Fact]
    public void Run_SlicesOfTwentyItems_SayThatAFallOfTwentyPointsWouldNotShow()
    {
        var scores = Enumerable.Range(0, 30).SelectMany(i => Scores(14, 4, 2, 0, $"expected=c{i}")).ToList();

        var report = Judge.Run(Question(scores));

        report.Slices.Count.ShouldBe(30);
        report.Slices.ShouldAllBe(s => s.SmallestFall > 0.5);
        report.Gates.Single(g => g.Gate == "slices").Text.ShouldContain("would not have shown");
    }

    [Fact]
    public void Run_RoundsAndAttempts_NeverSpendMoreThanAlpha()
    {
        var spent = 0.0;
        for (var round = 1; round <= 10; round++)
        {
            var left = 0.05 * Math.Pow(0.5, round);
            for (var attempt = 1; attempt <= 3; attempt++)
            {
                var report = Judge.Run(Question(Scores(100, 20, 10, 70)) with { Attempt = attempt, AlphaLeft = left, Last = attempt == 3 });
                (left, spent) = (left - report.Alpha, spent + report.Alpha);
            }
        }
        spent.ShouldBeLessThanOrEqualTo(0.05);
    }

    [Fact]
    public void Run_EquallyGoodCandidates_AreCalledSuperiorInAtMostFivePercent()
    {
        var random = new SeededRandom(11);
        var superior = Enumerable.Range(0, 1_000).Count(_ =>
        {
            var scores = Enumerable.Range(0, 150).Select(i => Item(i, random.NextBool(0.7), random.NextBool(0.7), "expected=a")).ToList();
            return Judge.Run(Question(scores) with { AlphaLeft = 0.05, Last = true }).SuperiorityProven;
        });
        superior.ShouldBeLessThanOrEqualTo(50);
    }

    [Fact]
    public void Run_GradedScores_UsesTheBootstrap()
    {
        var random = new SeededRandom(5);
        var scores = Enumerable.Range(0, 200).Select(i =>
        {
            var champion = 0.4 + 0.3 * random.NextDouble();
            return Item(i, false, false, "lang=en") with { Champion = Answer(champion), Candidate = Answer(champion + 0.1 * random.NextDouble()) };
        }).ToList();

        var report = Judge.Run(Question(scores));

        report.Verdict.ShouldBe(Verdict.Pass);
        report.DifferenceLow.ShouldBeInRange(0.03, 0.05);
    }

    [Fact]
    public void Write_CallersText_DrawsNoTable()
    {
        var scores = Scores(100, 40, 10, 50, "expected=a|b<script>");

        ReportPage.Write(Judge.Run(Question(scores))).ShouldNotContain("a|b<script>");
    }

    private static JudgeQuestion Question(IReadOnlyList<ItemScore> scores) => new()
    {
        Evaluation = new EvaluateInput(new RunRef("helpdesk", "helpdesk-0001", 1, 1), "v1", "v2", 0),
        Manifest = Some.Manifest() with { Evaluation = new EvaluationSettings { Items = 200, MaxItems = 1_000 } },
        Scores = scores,
        Drawn = scores.Count,
        AlphaLeft = 0.025,
    };

    private static List<ItemScore> Scores(int both, int candidateOnly, int championOnly, int none, string slice = "expected=billing")
    {
        var items = new List<ItemScore>();
        void Add(int count, bool champion, bool candidate) => items.AddRange(Enumerable.Range(0, count).Select(_ => Item(items.Count, champion, candidate, slice)));
        Add(both, true, true);
        Add(candidateOnly, false, true);
        Add(championOnly, true, false);
        Add(none, false, false);
        return items;
    }

    private static ItemScore Item(int i, bool champion, bool candidate, string slice) =>
        new($"i{i}", "billing", "people:ada", false, false, [slice], Answer(champion ? 1 : 0), Answer(candidate ? 1 : 0));

    private static AnswerScore Answer(double score) => new(score, "billing", false, null, false, 1, 0);
}
