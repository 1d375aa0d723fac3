using SelfImprove.Agents.Routing;
using SelfImprove.DataGeneration;
using SelfImprove.Evaluation;
using SelfImprove.Evaluation.Judging;
using SelfImprove.Planning;
using SelfImprove.Testing.Loop;
using SelfImprove.Runs;
using SelfImprove.Training.Builtin;

namespace SelfImprove.Tests.Loop;

/// <summary>A champion that was taught one class too little: found, mended with data, promoted.</summary>
public sealed class WeakSliceTests(DriftedWorld origin) : IClassFixture<DriftedWorld>
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Run_OneClassIsWeak_GathersDataForItAndMendsIt(int seed)
    {
        await using var world = await origin.ForkAsync(m => m with { Evaluation = m.Evaluation with { Items = 150, MaxItems = 200 } }, name: $"weak-{seed}");
        var weak = world.Task.Classes[7];
        var taught = world.Task.Examples(world.Task.Classes.Where(c => c != weak), 40).Concat(world.Task.Examples([weak], 4)).ToList();
        var version = await world.Get<StartingVersion>().RegisterAsync(world.Manifest, taught, "person:test");
        await world.Get<RoutingStore>().ChangeAsync(ImprovementWorld.Agent, t => RoutingChanges.RollBackTo(t, version.Id), null);
        string AnyButOftenTheWeakOne() => world.Task.Chance(0.2) ? weak : world.AnyClass();
        await world.ServeAsync(800, AnyButOftenTheWeakOne);
        var before = world.Answers.Count;

        var outcome = await world.EndAsync();

        outcome.Ending.ShouldBe(ImprovementEnding.Promoted, outcome.Reason);
        var choice = (await world.ReadAsync<PlanChoice>("plan-1.json"))!;
        choice.Diagnosis.Cause.ShouldBe(DiagnosisCause.WeakSlices, string.Join(" ", choice.Diagnosis.Evidence));
        choice.Diagnosis.Weakest.ShouldNotBeNull().Slice.ShouldBe($"label={weak}");
        choice.Chosen!.Plan.Rows.ShouldBeGreaterThan(0);
        var card = (await world.ReadAsync<DatasetCard>("dataset-1.card.json"))!;
        card.Slices[weak].ShouldBeGreaterThan(4 + 10, "the weak class has got data");
        var report = (await world.ReadAsync<EvaluationReport>("report-1.json"))!;
        var slice = report.Slices.Single(s => s.Slice == $"expected={weak}");
        slice.CandidateScore.ShouldBeGreaterThan(slice.ChampionScore + 0.3);
        report.Verdict.ShouldBe(Verdict.Pass);
        world.Answers.Count.ShouldBeGreaterThan(before, "it was tested on traffic");
        (await world.TroubleAfterAsync()).ShouldBeNull();
    }
}
