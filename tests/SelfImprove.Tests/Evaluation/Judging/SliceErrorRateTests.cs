using SelfImprove.Agents.Manifests;
using SelfImprove.Evaluation;
using SelfImprove.Evaluation.Comparing;
using SelfImprove.Evaluation.Judging;
using SelfImprove.Evaluation.Reporting;
using SelfImprove.Evaluation.Scoring;
using SelfImprove.Runs;
using SelfImprove.Statistics.Randomness;
using SelfImprove.Tests.Agents;

namespace SelfImprove.Tests.Evaluation.Judging;

/// <summary>Error rates of the slice gate, by simulation: 77 slices as in banking77, each answered right by about nine in ten.</summary>
public class SliceErrorRateTests
{
    private const int Slices = 77;

    /// <summary>Of the gate: half of 0.05, for refusals have the other half.</summary>
    private const double Rate = 0.025;

    [Theory]
    [InlineData(20)]
    [InlineData(80)]
    public void Run_NoSliceFalls_IsRarelyBlamed(int items)
    {
        // With nothing true to find, each discovery is false: their rate is how often there is any.
        const int Simulations = 150;
        var blamed = Enumerable.Range(0, Simulations).Count(i => Judge.Run(Question(new SeededRandom($"null-{items}-{i}"), items, fallen: 0)).Slices.Any(s => s.ProvenWorse));
        blamed.ShouldBeLessThanOrEqualTo((int)Math.Ceiling((Rate * Simulations) + (2 * Math.Sqrt(Rate * Simulations))));
    }

    [Theory]
    [InlineData(20, 0.0, 0.02)]
    [InlineData(80, 0.30, 0.75)]
    public void Run_FallsOfTwentyPoints_AreFoundAsOftenAsTheItemsAllow(int items, double least, double most)
    {
        const int Simulations = 40, Fallen = 5;
        var (found, blamed, wrong) = (0, 0, 0.0);
        for (var i = 0; i < Simulations; i++)
        {
            var slices = Judge.Run(Question(new SeededRandom($"fall-{items}-{i}"), items, Fallen)).Slices;
            var worse = slices.Where(s => s.ProvenWorse).ToList();
            found += worse.Count(IsFallen);
            blamed += worse.Count(s => !IsFallen(s));
            wrong += worse.Count == 0 ? 0 : worse.Count(s => !IsFallen(s)) / (double)worse.Count;
            bool IsFallen(SliceResult s) => int.Parse(s.Slice["expected=c".Length..]) < Fallen;
        }
        (found / (double)(Simulations * Fallen)).ShouldBeInRange(least, most);
        (wrong / Simulations).ShouldBeLessThanOrEqualTo(Rate + 0.03, $"{blamed} blamed wrongly");
    }

    [Theory]
    [InlineData(20)]
    [InlineData(80)]
    public void Run_SmallestFallOfASlice_IsFoundFourTimesInFiveAtBest(int items)
    {
        // As the report promises: a slice in which the candidate loses so much and gains nothing, all others alike.
        var smallest = Judge.Run(Question(new SeededRandom("any"), items, 0)).Slices[0].SmallestFall!.Value;
        var found = Enumerable.Range(0, 100).Count(i =>
        {
            var random = new SeededRandom($"smallest-{items}-{i}");
            var scores = Enumerable.Range(0, Slices * items).Select(n => Item(n, items, true, n / items != 0 || !random.NextBool(smallest))).ToList();
            return Judge.Run(Question(scores)).Slices[0] is { ProvenWorse: true, Slice: "expected=c0" };
        });
        found.ShouldBeInRange(70, 92);
    }

    [Fact]
    public void Run_SlicesLabelledOnlyWhereAnswersDiffer_FindWhatFullLabelsFind()
    {
        var random = new SeededRandom("both");
        var full = Question(random, 80, fallen: 5);
        full = full with { Scores = [.. full.Scores.OrderBy(_ => random.NextDouble())] }; // as items are drawn
        var differs = full.Scores.Select(s => s.Champion.Decision != s.Candidate.Decision).ToList();
        var choice = LabelChoice.Choose(differs, 0.25);
        var partly = full with
        {
            Scores = [.. full.Scores.Select((s, i) => s with
            {
                Stratum = choice[i].Stratum, Chosen = choice[i].Chosen, Source = choice[i].Chosen ? s.Source : ItemScore.Unlabelled, Slices = choice[i].Chosen ? s.Slices : [],
            })],
        };

        var (all, some) = (Judge.Run(full), Judge.Run(partly));

        some.Labelled.ShouldBeLessThan(all.Labelled / 2);
        var worse = all.Slices.Where(s => s.ProvenWorse).Select(s => s.Slice).ToList();
        worse.ShouldNotBeEmpty();
        some.Slices.Where(s => s.ProvenWorse).Select(s => s.Slice).ShouldBe(worse, ignoreOrder: true);
        some.Slices.Average(s => s.Items).ShouldBe(80, 2);
    }

    [Fact]
    public void Write_NothingProven_NeverSaysSafe()
    {
        foreach (var items in new[] { 3, 20, 80 })
        {
            var report = Judge.Run(Question(new SeededRandom($"words-{items}"), items, 0));
            var page = ReportPage.Write(report);
            page.Replace("it does not mean that the candidate is safe", "").Replace("they are untested, not safe", "").ShouldNotContain("safe");
            report.Gates.Single(g => g.Gate == "slices").Text.ShouldMatch("untested|would not have shown");
            // Each slice says what it could have shown, or that it could show nothing.
            report.Slices.ShouldAllBe(s => (s.PValue == null) == (s.SmallestFall == null));
        }
    }

    /// <summary>Both answer nine in ten right, differently on one item in ten; in the first slices the candidate falls by 20 points.</summary>
    private static JudgeQuestion Question(SeededRandom random, int items, int fallen) => Question([.. Enumerable.Range(0, Slices * items).Select(n =>
    {
        var u = random.NextDouble();
        var falls = n / items < fallen;
        var (onlyChampion, onlyCandidate) = falls ? (0.25, 0.05) : (0.05, 0.05);
        return u < onlyChampion ? Item(n, items, true, false) : u < onlyChampion + onlyCandidate ? Item(n, items, false, true)
            : Item(n, items, u < 0.95, u < 0.95);
    })]);

    private static JudgeQuestion Question(IReadOnlyList<ItemScore> scores) => new()
    {
        Evaluation = new EvaluateInput(new RunRef("helpdesk", "helpdesk-0001", 1, 1), "v1", "v2", 0),
        Manifest = Some.Manifest() with { Evaluation = new EvaluationSettings { MaxItems = 10_000 } },
        Scores = scores,
        Drawn = scores.Count,
        AlphaLeft = 0.025,
        Last = true,
    };

    private static ItemScore Item(int n, int items, bool champion, bool candidate) =>
        new($"i{n}", $"c{n / items}", "people:ada", false, false, [$"expected=c{n / items}"], Answer(champion), Answer(candidate));

    private static AnswerScore Answer(bool right) => new(right ? 1 : 0, right ? "right" : "wrong", false, null, false, 1, 0);
}
