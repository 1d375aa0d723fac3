using SelfImprove.Planning;
using SelfImprove.Tests.DataGeneration.SelfPlay;
using SelfImprove.Training.Builtin;
using Xunit.Abstractions;

namespace SelfImprove.Tests.Planning;

/// <summary>
/// Feedback on real texts, measured and planned from as in a run. Where pairs are refused, they are trained on all the same, and the loss is measured.
/// </summary>
[Trait("Data", "reference")]
public sealed class PairScenarioTests(ITestOutputHelper output)
{
    private const int Pilot = 150;
    private static readonly int[] Seeds = [1, 2, 3];

    [Fact]
    public void Choose_CorrectionsThatTeachMoreAsRows_LeavesPairsAlone()
    {
        var stories = Seeds.Select(seed => Play("banking77", 5, seed, Corrections)).ToList();
        stories.ShouldAllBe(s => s.Offer.Obstacle!.StartsWith("the same feedback taken as rows does as well"));
        stories.ShouldAllBe(s => s.Chosen != PlanStrategy.Preference);
        stories.Average(s => s.AfterPairs - s.AfterRows).ShouldBeGreaterThan(0.015, "as rows the same corrections teach more");
    }

    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(0.7, 0.02)]
    public void Choose_ThumbsThatAreNoise_LeavesPairsAloneAndTheyWouldDoHarm(double wrong, double harm)
    {
        var stories = Seeds.Select(seed => Play("snips", 3, seed, agent => Thumbs(agent, wrong))).ToList();
        stories.ShouldAllBe(s => s.Chosen != PlanStrategy.Preference && s.Offer.Obstacle != null);
        stories.Average(s => s.AfterPairs - s.Without).ShouldBeGreaterThan(harm, "it would have been worse than doing without");
    }

    /// <summary>Users say what was right where the student was wrong.</summary>
    private static PreferenceFeedback Corrections(TextAgent agent) => new(
        [.. agent.Take(2_000).Select(t => (t.Text, Better: t.Label, Worse: agent.Student.Predict(t.Text).Label)).Where(p => p.Better != p.Worse)]);

    /// <summary>Two versions answer the same texts, users like or dislike each answer; so many thumbs are wrong.</summary>
    private static PreferenceFeedback Thumbs(TextAgent agent, double wrong)
    {
        var other = agent.Another(agent.Rows.Count / 2, 7);
        var pairs = new List<(string, string, string)>();
        foreach (var t in agent.Take(1_500))
        {
            var (a, b) = (agent.Student.Predict(t.Text).Label, other.Predict(t.Text).Label);
            var (likesA, likesB) = (Likes(a), Likes(b));
            if (a != b && likesA != likesB) pairs.Add(likesA ? (t.Text, a, b) : (t.Text, b, a));

            bool Likes(string answer) => (answer == t.Label) != agent.Random.NextBool(wrong);
        }
        return new PreferenceFeedback(pairs);
    }

    private Story Play(string set, int perClass, int seed, Func<TextAgent, PreferenceFeedback> feedbackOf)
    {
        var agent = new TextAgent(set, perClass, seed);
        var feedback = feedbackOf(agent);
        var pilot = agent.Take(Pilot);
        var evidence = BuiltinCurveProbe.ComparePairs(agent.Rows, feedback, [.. pilot.Select(p => (p.Text, p.Label))], seed, default)!;
        var choice = Planner.Choose(agent.Facts(0) with { Formats = new HashSet<string> { "sft", "dpo" }, Preference = evidence });
        var story = new Story(
            choice.Candidates.Single(c => c.Plan.Strategy == PlanStrategy.Preference), choice.Chosen?.Plan.Strategy, agent.Error(agent.Student),
            agent.Error(agent.Train(pilot)),
            agent.Error(agent.Train([.. pilot, .. feedback.Pairs.Select(p => new TextExample(p.Text, p.Better))])),
            agent.Error(agent.Train(pilot, [.. feedback.Pairs.Select(p => new TextPair(p.Text, p.Better, p.Worse))])));
        output.WriteLine($"{set} seed {seed}: {evidence}; chosen {story.Chosen}; error {story.Before:0.000}, without {story.Without:0.000}, rows {story.AfterRows:0.000}, pairs {story.AfterPairs:0.000}, right {feedback.Pairs.Count(p => agent.Truth[p.Text] == p.Better) / (double)feedback.Pairs.Count:0.00}");
        return story;
    }

    private sealed record Story(CandidatePlan Offer, PlanStrategy? Chosen, double Before, double Without, double AfterRows, double AfterPairs);
}
