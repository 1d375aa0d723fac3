using SelfImprove.Deployment;
using SelfImprove.Deployment.Targets;
using SelfImprove.Models.Endpoints;

namespace SelfImprove.Tests.Deployment.Targets;

/// <summary>A rollout whose versions are deployed first.</summary>
public sealed class RolloutDeploymentTests
{
    private readonly ScriptedTarget _target = new();

    private Task<RolloutWorld> WorldAsync() => RolloutWorld.CreateAsync(
        manifest: m => m with { Student = m.Student with { Trainer = "scripted" }, Deployment = m.Deployment with { Target = ScriptedTarget.TargetKind } }, configure: _target.AddTo);

    private static RolloutInput Deploys(RolloutInput input) => input with { Deploys = true, MirrorPercent = 10 };

    [Fact]
    public async Task Rollout_Promoted_TrafficIsSplitOnlyOnceItAnswersAndWrittenAfterwards()
    {
        await using var world = await WorldAsync();
        world.Rate = version => version == "v2" ? 0.95 : 0.5;
        _target.TrafficScript = call => call == 1 ? EndpointStatus.Working("Updating") : null;

        var output = await world.RolloutAsync(change: Deploys);

        output.Outcome.ShouldBe(RolloutOutcome.Promoted, output.Reason);
        _target.Traffic.ToList().ShouldBe([("v2", new TrafficWish(true)), ("v2", new TrafficWish(true))], "without a shadow stage nothing is mirrored");
        (await world.AuditAsync()).Select(e => e.Kind).ShouldBe(["deploymentOrdered", "deployed", "trafficSplit", "promoted", "endpointTraffic"]);
    }

    [Fact]
    public async Task Rollout_CannotBeDeployed_NeverGetsTraffic()
    {
        await using var world = await WorldAsync();
        _target.Script = (_, _) => EndpointStatus.Failed("SkuNotAvailable: no such machine here.");

        var output = await world.RolloutAsync(change: Deploys);

        (output.Outcome, output.Reason).ShouldBe((RolloutOutcome.NotDeployed, "v2 could not be deployed: SkuNotAvailable: no such machine here."));
        (await world.RoutingAsync())!.Experiment.ShouldBeNull();
        (await world.AuditAsync()).ShouldNotContain(e => e.Kind == "trafficSplit");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rollout_EndpointTrafficCannotBeWritten_IsPromotedAllTheSame(bool stuck)
    {
        await using var world = await WorldAsync();
        world.Rate = version => version == "v2" ? 0.95 : 0.5;
        _target.TrafficScript = _ => stuck ? EndpointStatus.Working("Updating") : EndpointStatus.Failed("Forbidden");

        var output = await world.RolloutAsync(change: i => i with { Deploys = true });

        output.Outcome.ShouldBe(RolloutOutcome.Promoted);
        output.Reason.ShouldContain($"the endpoint's own traffic could not be written: {(stuck ? "the endpoint was not done within 00:30:00 (last: Updating)" : "Forbidden")}");
        (await world.RoutingAsync())!.Champion.ShouldBe("v2");
    }

    [Fact]
    public async Task Rollout_WithoutTargets_AsksNoneOfThem()
    {
        await using var world = await WorldAsync();
        world.Rate = version => version == "v2" ? 0.95 : 0.5;
        (await world.RolloutAsync()).Outcome.ShouldBe(RolloutOutcome.Promoted);
        (_target.Looks.Count, _target.Traffic.Count).ShouldBe((0, 0));
    }
}
