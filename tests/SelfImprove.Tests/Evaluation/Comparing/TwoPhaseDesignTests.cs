using SelfImprove.Agents.Manifests;
using SelfImprove.Evaluation;
using SelfImprove.Evaluation.Comparing;
using SelfImprove.Evaluation.Judging;
using SelfImprove.Evaluation.Scoring;
using SelfImprove.Runs;
using SelfImprove.Statistics.Randomness;
using SelfImprove.Tests.Agents;

namespace SelfImprove.Tests.Evaluation.Comparing;

/// <summary>Labels bought where the answers differ: by simulation, the estimates are unbiased, intervals cover, tests keep their level, and labels are saved.</summary>
public class TwoPhaseDesignTests
{
    private const int Simulations = 600;
    private const int Sample = 300;

    // Two in three items are answered alike, mostly right; where the versions differ, the one, the other or neither is right.
    private static readonly World Better = new(Alike: 0.65, RightAlike: 0.92, CandidateOnly: 0.5, ChampionOnly: 0.3);
    private static readonly World Equal = Better with { CandidateOnly = 0.4, ChampionOnly = 0.4 };

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.25)]
    [InlineData(0.6)]
    public void Run_LabelsWhereAnswersDiffer_IsUnbiasedAndCovers(double agreeingShare)
    {
        var (covered, candidate, champion, saved) = (0, 0.0, 0.0, 0);
        for (var i = 0; i < Simulations; i++)
        {
            var report = Judge.Run(Question(Draw(Better, Sample, new SeededRandom($"cover-{i}"), agreeingShare)));
            if (report.DifferenceLow <= Better.Gain && Better.Gain <= report.DifferenceHigh) covered++;
            (candidate, champion, saved) = (candidate + report.CandidateScore, champion + report.ChampionScore, saved + report.LabelsSaved);
            report.Items.ShouldBe(Sample);
            (report.Labelled + report.LabelsSaved).ShouldBe(Sample);
        }
        (covered / (double)Simulations).ShouldBeInRange(0.93, 0.975); // 95%: alpha 0.025 on each side
        (candidate / Simulations).ShouldBe(Better.Candidate, 0.005);
        (champion / Simulations).ShouldBe(Better.Champion, 0.005);
        (saved / (double)(Simulations * Sample)).ShouldBe(0.65 - Math.Max(0.65 * agreeingShare, 30.0 / Sample), 0.01);
    }

    [Fact]
    public void Run_EquallyGood_IsCalledBetterNoMoreOftenThanAlpha() =>
        Enumerable.Range(0, 2_000).Count(i => Judge.Run(Question(Draw(Equal, Sample, new SeededRandom($"equal-{i}"), 0.25)) with { AlphaLeft = 0.05 }).SuperiorityProven)
            .ShouldBeLessThanOrEqualTo(110); // 100 expected at most, 1 standard deviation is 10; the exact test stays below

    [Fact]
    public void Run_EquallyGoodAndLookedAtUpToThreeTimes_IsCalledBetterNoMoreOftenThanAlpha()
    {
        // As the orchestrator does: as many more items as the power calculation asks for, what is left of the error rate halved at each look but the last.
        const int Rounds = 600;
        var better = Enumerable.Range(0, Rounds).Count(i =>
        {
            var all = Draw(Equal, 1_000, new SeededRandom($"looks-{i}"), 0.25);
            var (items, left) = (100, 0.05);
            for (var attempt = 1; ; attempt++)
            {
                var report = Judge.Run(Question(all[..items]) with { AlphaLeft = left, Attempt = attempt, Last = attempt == 3 });
                if (report.Verdict != Verdict.Inconclusive || report.ItemsWanted is not { } wanted) return report.SuperiorityProven;
                (items, left) = (wanted, left - report.Alpha);
            }
        });
        better.ShouldBeLessThanOrEqualTo(38); // 30 expected at most, 1 standard deviation is 5
    }

    [Theory]
    [InlineData(0.25)]
    [InlineData(0.6)]
    public void Run_GoalJustMissed_IsCalledReachedNoMoreOftenThanAlpha(double agreeingShare)
    {
        // The candidate is exactly as good as the goal asks: "at least the goal with confidence" is then an error.
        var goal = Equal.Candidate;
        var wrong = Enumerable.Range(0, 800).Count(i =>
        {
            var question = Question(Draw(Equal, Sample, new SeededRandom($"goal-{i}"), agreeingShare), goal) with { AlphaLeft = 0.05 };
            return Judge.Run(question).Gates.Single(g => g.Gate == "improvement").Text.Contains("is reached with confidence");
        });
        wrong.ShouldBeLessThanOrEqualTo(52); // 40 expected, 1 standard deviation is 6
    }

    [Fact]
    public void Run_AsManyLabelsOnEverything_GivesAWiderInterval()
    {
        var (wide, narrow, labels) = (0.0, 0.0, 0);
        for (var i = 0; i < 200; i++)
        {
            var chosen = Draw(Better, Sample, new SeededRandom($"width-{i}"), 0.25);
            var report = Judge.Run(Question(chosen));
            narrow += report.DifferenceHigh - report.DifferenceLow;
            labels += report.Labelled;
            // The same number of labels, bought for the first items whatever the answers.
            var uniform = chosen.Take(report.Labelled).Select(s => s with { Stratum = ItemStratum.Uniform, Source = "people:ada" }).ToList();
            var plain = Judge.Run(Question(uniform));
            wide += plain.DifferenceHigh - plain.DifferenceLow;
        }
        (labels / 200.0).ShouldBe(Sample * (0.35 + (0.65 * 0.25)), 6); // 154 of 300
        (narrow / wide).ShouldBeLessThan(0.75); // as narrow as twice as many labels would make it: 1/sqrt(1.95) = 0.72
    }

    [Fact]
    public void Run_LabellerStopsHalfWay_StaysUnbiasedAndCovers()
    {
        var (covered, gain) = (0, 0.0);
        for (var i = 0; i < Simulations; i++)
        {
            var scores = Draw(Better, Sample, new SeededRandom($"short-{i}"), 0.25);
            var order = 0;
            var stopped = scores.Select(s => s.Chosen && ++order > 80 ? s with { Source = ItemScore.Unlabelled } : s).ToList();
            var report = Judge.Run(Question(stopped));
            report.Labelled.ShouldBe(80);
            report.Items.ShouldBeLessThan(Sample);
            if (report.DifferenceLow <= Better.Gain && Better.Gain <= report.DifferenceHigh) covered++;
            gain += report.CandidateScore - report.ChampionScore;
        }
        (covered / (double)Simulations).ShouldBeGreaterThan(0.93);
        (gain / Simulations).ShouldBe(Better.Gain, 0.006);
    }

    [Fact]
    public void Run_LabelsKnownFromAnEarlierCandidate_DoNotCountWhereTheyWereNotDrawn()
    {
        // Labels of items that an earlier candidate answered differently: hard ones. Counting them would make both look worse.
        var scores = Draw(Better, Sample, new SeededRandom("known"), 0.25);
        var known = scores.Select(s => s is { Stratum: ItemStratum.Agrees, Chosen: false } && s.Champion.Score == 0 ? s with { Source = "people:ada" } : s).ToList();

        var (before, after) = (Judge.Run(Question(scores)), Judge.Run(Question(known)));

        after.CandidateScore.ShouldBe(before.CandidateScore);
        after.Labelled.ShouldBe(before.Labelled);
    }

    [Fact]
    public void Run_GradedScores_CoverToo()
    {
        var (covered, gain) = (0, 0.0);
        for (var i = 0; i < 100; i++)
        {
            var random = new SeededRandom($"graded-{i}");
            var scores = Draw(Better, 200, random, 0.25).Select(s => s.Stratum == ItemStratum.Agrees ? s with { Champion = s.Champion with { Score = 0.8 }, Candidate = s.Candidate with { Score = 0.8 } }
                : s with { Champion = s.Champion with { Score = 0.4 * random.NextDouble() }, Candidate = s.Candidate with { Score = 0.2 + 0.4 * random.NextDouble() } }).ToList();
            var report = Judge.Run(Question(scores));
            if (report.DifferenceLow <= 0.07 && 0.07 <= report.DifferenceHigh) covered++;
            gain += report.CandidateScore - report.ChampionScore;
        }
        covered.ShouldBeGreaterThan(88);
        (gain / 100).ShouldBe(0.35 * 0.2, 0.005);
    }

    /// <summary>How champion and candidate answer.</summary>
    private sealed record World(double Alike, double RightAlike, double CandidateOnly, double ChampionOnly)
    {
        public double Gain => (1 - Alike) * (CandidateOnly - ChampionOnly);

        public double Candidate => Alike * RightAlike + (1 - Alike) * CandidateOnly;

        public double Champion => Alike * RightAlike + (1 - Alike) * ChampionOnly;
    }

    private static List<ItemScore> Draw(World world, int items, SeededRandom random, double agreeingShare)
    {
        var drawn = Enumerable.Range(0, items).Select(_ =>
        {
            if (random.NextBool(world.Alike)) return (Differs: false, Champion: random.NextBool(world.RightAlike), Candidate: false);
            var u = random.NextDouble();
            return (Differs: true, Champion: u < world.ChampionOnly, Candidate: u >= world.ChampionOnly && u < world.ChampionOnly + world.CandidateOnly);
        }).Select(d => d.Differs ? d : d with { Candidate = d.Champion }).ToList();
        var choice = LabelChoice.Choose([.. drawn.Select(d => d.Differs)], agreeingShare);
        return [.. drawn.Select((d, i) => new ItemScore(
            $"i{i}", "", choice[i].Chosen ? "people:ada" : ItemScore.Unlabelled, false, false, [], Answer(d.Champion), Answer(d.Candidate))
        { Stratum = choice[i].Stratum, Chosen = choice[i].Chosen })];
    }

    private static AnswerScore Answer(bool right) => new(right ? 1 : 0, "", false, null, false, 1, 0);

    private static JudgeQuestion Question(IReadOnlyList<ItemScore> scores, double? goal = null) => new()
    {
        Evaluation = new EvaluateInput(new RunRef("helpdesk", "helpdesk-0001", 1, 1), "v1", "v2", 0),
        Manifest = Some.Manifest() with { Evaluation = new EvaluationSettings { MaxItems = 1_000 }, Goal = new GoalSettings { Metric = "helpful", Target = goal } },
        Scores = scores,
        Drawn = scores.Count,
        AlphaLeft = 0.025,
        Last = true,
    };
}
