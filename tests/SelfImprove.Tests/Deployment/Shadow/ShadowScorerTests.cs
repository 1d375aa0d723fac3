using System.Text.Json;
using SelfImprove.Agents.Manifests;
using SelfImprove.Deployment;
using SelfImprove.Deployment.Shadow;
using SelfImprove.Evaluation;
using SelfImprove.Evaluation.Judging;
using SelfImprove.Evaluation.Comparing;
using SelfImprove.Evaluation.Judging.Pairwise;
using SelfImprove.Models;
using SelfImprove.Orchestration;
using SelfImprove.Storage;

namespace SelfImprove.Tests.Deployment.Shadow;

/// <summary>Who compares the answers, what that costs, and what they may say.</summary>
public sealed class ShadowScorerTests
{
    private static readonly JudgeSettings Judges = new() { Models = ["test:judge"], Price = 0.02m };
    private static readonly CriticJudgeSettings Critic = new() { Model = "test:critic", Price = 0.005m };

    [Fact]
    public async Task Judges_BorneOutByPeople_CompareInBothOrders()
    {
        await using var world = await WorldAsync(m => m with { Evaluation = m.Evaluation with { Judge = Judges } });
        await ReportAsync(world, mayDecide: true);
        // Always the second answer: that is the order, not the answers.
        world.Models["judge"] = _ => Json("""{"reason":"r","better":"B"}""");

        var output = await world.RolloutAsync();

        output.Outcome.ShouldNotBe(RolloutOutcome.WithdrawnInShadow);
        var reading = await ReadingAsync(world);
        (reading.Scorer, reading.Better, reading.Worse, reading.Difference).ShouldBe(("the judges", 0, 0, 0));
        var different = await DifferentAsync(world);
        (world.Models.CountOf("judge"), world.Models.CountOf("critic"), world.Models.CountOf("teacher")).ShouldBe((2 * different, 0, 0), "what is the same needs no judge");
        different.ShouldBeInRange(10, 90);
    }

    [Fact]
    public async Task Judges_PreferTheChampion_WithdrawTheChallenger()
    {
        await using var world = await WorldAsync(m => m with { Evaluation = m.Evaluation with { Judge = Judges } });
        await ReportAsync(world, mayDecide: true);
        world.Right = version => version == "v2" ? 0.3 : 1;
        world.Models["judge"] = request =>
        {
            var n = ShadowWorld.NumberOf(request);
            var text = request.LastUserText;
            return Json($$"""{"reason":"r","better":"{{(text.IndexOf($"\"text\": \"{ShadowWorld.Truth(n)}\"", StringComparison.Ordinal) < text.IndexOf("\"B\"", StringComparison.Ordinal) ? "A" : "B")}}"}""");
        };

        var output = await world.RolloutAsync();

        output.Outcome.ShouldBe(RolloutOutcome.WithdrawnInShadow, output.Reason);
        (output.Shadow!.Better, output.Shadow.Scorer).ShouldBe((0, "the judges"));
    }

    [Theory]
    [InlineData("auto", "the critic")]
    [InlineData("judge", "nobody")]
    public async Task Judges_NotBorneOut_AreNotAskedAndThatIsSaid(string scorer, string by)
    {
        await using var world = await WorldAsync(m => m with { Evaluation = m.Evaluation with { Judge = Judges }, Critic = m.Critic with { Judge = Critic } }, scorer);
        await ReportAsync(world, mayDecide: false);
        world.Models["critic"] = _ => Json("""{"reason":"r","score":4}""");

        await world.RolloutAsync();

        var reading = await ReadingAsync(world);
        reading.Scorer.ShouldBe(by);
        reading.Caveat.ShouldBe("the judges are not asked: only reported: kappa is 0.1");
        world.Models.CountOf("judge").ShouldBe(0);
    }

    [Fact]
    public async Task Critic_ScoresEachAnswerByItself_WithdrawsWhatItFindsWorse()
    {
        await using var world = await WorldAsync(m => m with { Critic = m.Critic with { Judge = Critic } });
        world.Right = version => version == "v2" ? 0.4 : 1;
        world.Models["critic"] = request => Json($$"""{"reason":"r","score":{{(request.LastUserText.Contains($"\"text\": \"{ShadowWorld.Truth(ShadowWorld.NumberOf(request))}\"", StringComparison.Ordinal) ? 5 : 2)}}}""");

        var output = await world.RolloutAsync();

        output.Outcome.ShouldBe(RolloutOutcome.WithdrawnInShadow, output.Reason);
        var shadow = output.Shadow!;
        shadow.Scorer.ShouldBe("the critic");
        shadow.Difference.ShouldBe(-0.75 * shadow.Worse / shadow.Scored, 1e-9);
        world.Models.CountOf("critic").ShouldBe(2 * await DifferentAsync(world));
        (await world.SpentAsync()).ShouldBe(0.01m * shadow.Pairs);
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("busy")]
    [InlineData("broken")]
    [InlineData("missing")]
    public async Task Critic_CannotScore_ThePairsAreCountedAsSuchAndTheChecksGoOn(string how)
    {
        await using var world = await WorldAsync(m => m with { Critic = m.Critic with { Judge = Critic } });
        if (how != "missing") world.Models["critic"] = _ => how switch
        {
            "busy" => throw new TransientException("429"),
            "broken" => throw new InvalidOperationException("boom"),
            _ => Json("five"),
        };

        var output = await world.RolloutAsync();

        output.Outcome.ShouldNotBe(RolloutOutcome.WithdrawnInShadow);
        var reading = await ReadingAsync(world);
        var different = await DifferentAsync(world);
        (reading.Pairs, reading.Scored).ShouldBe((100, 100 - different));
        reading.Caveat.ShouldBe($"{different} pairs could not be compared by the critic");
    }

    [Fact]
    public async Task Teacher_LabellerThatIsAModel_IsPreferredAndAskedOncePerDifference()
    {
        await using var world = await WorldAsync(m => m with
        {
            Teachers = [m.Teachers[0] with { Name = "pupils-own", Model = "test:own" }, m.Teachers[0]], Evaluation = m.Evaluation with { Labeller = "teacher" },
        });
        world.Models["own"] = _ => Json("access");

        await world.RolloutAsync();

        (await ReadingAsync(world)).Scorer.ShouldBe("the teacher teacher");
        (world.Models.CountOf("teacher"), world.Models.CountOf("own")).ShouldBe((await DifferentAsync(world), 0));
    }

    [Fact]
    public async Task Teacher_CascadeWithPeople_LeavesToPeopleWhatTheModelDeclines()
    {
        await using var world = await WorldAsync(m => m with
        {
            Teachers = [m.Teachers[0], new TeacherSettings { Name = "people", Kind = TeacherKind.People }, new TeacherSettings { Name = "both", Kind = TeacherKind.Cascade, Members = ["teacher", "people"] }],
        }, "teacher", "both");
        world.Models["teacher"] = request => ShadowWorld.NumberOf(request) % 2 == 0
            ? new ModelAnswer { Output = new AgentOutput(ShadowWorld.Truth(ShadowWorld.NumberOf(request))) }
            : new ModelAnswer { Output = new AgentOutput(""), Refusal = "no" };

        await world.RolloutAsync();

        var lots = await LotsAsync(world);
        lots.Where(p => p.Unscored is not null).ShouldAllBe(p => p.Unscored == "people can't answer at once");
        lots.Count(p => p.Unscored is not null).ShouldBeGreaterThan(5);
        (await ReadingAsync(world)).Caveat!.ShouldEndWith("pairs could not be compared by the teacher both");
    }

    private static Task<ShadowWorld> WorldAsync(Func<AgentManifest, AgentManifest> manifest, string scorer = "auto", string? teacher = null) =>
        ShadowWorld.CreateAsync(s => s with { Scorer = scorer, Teacher = teacher }, manifest);

    private static ModelAnswer Json(string text) => new() { Output = new AgentOutput(text) };

    private static async Task<ShadowReading> ReadingAsync(ShadowWorld world) =>
        (await world.World.AuditAsync()).Single(e => e.Kind == "shadowPassed").Data.GetProperty("reading").Deserialize<ShadowReading>(SeamJson.Options)!;

    private static async Task<List<ShadowPair>> LotsAsync(ShadowWorld world)
    {
        var pairs = new List<ShadowPair>();
        for (var lot = 0; (await world.World.Get<ShadowReplay>().FindAsync(RolloutWorld.Input(), lot, default)) is { } found; lot++) pairs.AddRange(found.Pairs);
        return pairs;
    }

    private static async Task<int> DifferentAsync(ShadowWorld world) => (await LotsAsync(world)).Count(p => !AnswerPair.AreSame(p.Champion!, p.Challenger!));

    private static Task ReportAsync(ShadowWorld world, bool mayDecide) => world.World.Get<JsonDocuments>().WriteAsync(RolloutWorld.RunRef.Path("report", "json"), new EvaluationReport
    {
        Agent = RolloutWorld.Agent, Run = RolloutWorld.Run, Round = 1, Champion = "v1", Candidate = "v2", Evaluator = "judge", Verdict = Verdict.Pass, Gates = [], Slices = [], Drawn = 0, Items = 0,
        Sources = new Dictionary<string, int>(), ChampionScore = 0, CandidateScore = 0, DifferenceLow = 0, DifferenceHigh = 0, PValue = null, Alpha = 0.05, AlphaSpent = 0, SuperiorityProven = false,
        NearTraining = 0, Caveats = [], CostUsd = 0,
        Judges = new JudgeReport
        {
            Models = ["test:judge"], Judged = 0, Unjudged = 0, CandidateBetter = 0, Ties = 0, ChampionBetter = 0, TurnedShare = 0, PeopleItems = 0, KappaByJudge = [], LeastKappa = 0.4,
            MayDecide = mayDecide, Words = mayDecide ? "may decide: kappa is 0.9" : "only reported: kappa is 0.1",
        },
    });
}
