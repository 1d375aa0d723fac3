using SelfImprove.Agents.Manifests;
using SelfImprove.Deployment;
using SelfImprove.Deployment.Experiments;

namespace SelfImprove.Tests.Deployment;

public class RolloutPolicyTests
{
    [Theory]
    [InlineData(ExperimentDecision.Promote, true, true, false, false, RolloutStep.Cancel)]
    [InlineData(ExperimentDecision.Promote, false, false, false, false, RolloutStep.Cancel)]
    [InlineData(ExperimentDecision.Void, false, true, false, false, RolloutStep.Void)]
    [InlineData(ExperimentDecision.RollBack, false, true, true, true, RolloutStep.RollBack)]
    [InlineData(ExperimentDecision.Promote, false, true, true, true, RolloutStep.Promote)]
    [InlineData(ExperimentDecision.KeepWaiting, false, true, true, true, RolloutStep.Expire)]
    [InlineData(ExperimentDecision.KeepWaiting, false, true, false, true, RolloutStep.RaiseShare)]
    [InlineData(ExperimentDecision.KeepWaiting, false, true, false, false, RolloutStep.Wait)]
    public void Next_EveryCase_IsDecided(ExperimentDecision decision, bool cancelled, bool underWay, bool late, bool more, RolloutStep expected) =>
        RolloutPolicy.Next(decision, cancelled, underWay, late, more).ShouldBe(expected);

    [Theory]
    [InlineData(0.1, 199, null)]
    [InlineData(0.1, 200, 0.25)]
    [InlineData(0.25, 399, null)]
    [InlineData(0.25, 400, 0.5)]
    [InlineData(0.5, 9_999, null)]
    public void NextShare_ByRequests_ClimbsAndStops(double share, int requests, double? expected) =>
        RolloutPolicy.NextShare(new RolloutSettings { Shares = [0.1, 0.25, 0.5], RequestsPerStep = 200 }, share, requests).ShouldBe(expected);
}
