using System.Text.Json.Nodes;
using SelfImprove.Agents.Manifests;
using SelfImprove.Azure.Tests.Arm;
using SelfImprove.Durable;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Testing.Loop;

namespace SelfImprove.Azure.Tests.Faults;

/// <summary>
/// Whole runs, from the request to the ending, whose job and deployment are Azure's and which meet its faults: after each, nothing is paid twice, the champion
/// answers, the reason says what to do, and nothing is left behind (<see cref="AzureRunWorld.CheckAsync"/>).
/// </summary>
public sealed class AzureRunTests(DriftedWorld origin) : IClassFixture<DriftedWorld>
{
    private const double JobHours = 2;

    [Theory]
    [InlineData("nothing")]
    [InlineData("the job's")]
    [InlineData("the endpoint's")]
    [InlineData("the deployment's")]
    [InlineData("the traffic's")]
    public async Task Run_CallTakesEffectButItsAnswerIsLost_IsPromotedOnce(string lost)
    {
        await using var run = await StartAsync($"lost-{lost.Split('\'')[0].Replace(' ', '-')}");
        var fault = FakeArmFault.LostAnswer with { Method = "PUT" };
        if (lost == "the job's") run.Arm.Fail(fault with { Path = "/jobs/" });
        if (lost == "the endpoint's") run.Arm.Fail(fault with { Path = "/onlineEndpoints/" });
        if (lost == "the deployment's") run.Arm.Fail(fault with { Path = "/deployments/" });
        var isArmed = lost != "the traffic's";

        var outcome = await run.EndAsync(each: async () =>
        {
            if (isArmed || (await run.World.RoutingAsync()).Experiment is null) return;
            // From here on nothing is put but the traffic.
            isArmed = true;
            run.Arm.Fail(fault);
        });

        (outcome.Ending, outcome.Champion).ShouldBe((ImprovementEnding.Promoted, "v2"), outcome.Reason);
        outcome.Reason.ShouldNotContain("could not be written");
        run.Arm.HasFaults.ShouldBeFalse("the fault was met");
        run.Online.TrafficOf(AzureRunWorld.Endpoint).ShouldBe("desk-v2=100 | ");
        await run.CheckAsync(outcome, jobs: 1, JobHours, deployments: 1);
    }

    [Fact]
    public async Task Run_JobVanishes_IsTrainedByAnotherAndPromoted()
    {
        await using var run = await StartAsync("vanishes");
        run.JobScript = (job, age) =>
        {
            if (job == run.Workspace.Made.First() && age > TimeSpan.FromHours(1)) run.Workspace.Vanish(job);
            return null;
        };
        var outcome = await run.EndAsync();
        (outcome.Ending, outcome.Champion).ShouldBe((ImprovementEnding.Promoted, "v2"), outcome.Reason);
        await run.CheckAsync(outcome, jobs: 2, JobHours + 1, deployments: 1);
    }

    [Theory]
    [InlineData("Failed", "Row 7 has no answer.", "failed: Row 7 has no answer. Its logs are at https://ml.azure.com/runs/")]
    [InlineData("Canceled", null, "was cancelled in Azure, by a person or the service; see https://ml.azure.com/runs/")]
    public async Task Run_JobEndsForGood_GoesBackToPlanAndSaysWhy(string status, string? told, string reason)
    {
        await using var run = await StartAsync($"ends-{status}", m => m with { Planning = m.Planning with { MaxRounds = 2 } });
        run.Workspace.FailureMessage = told;
        run.JobScript = (_, age) => age > TimeSpan.FromMinutes(70) ? status : null;
        var outcome = await run.EndAsync();
        outcome.Reason.ShouldContain(reason);
        outcome.Reason.ShouldEndWith("The champion keeps serving.");
        outcome.Champion.ShouldBe("v1");
        await run.CheckAsync(outcome, jobs: outcome.Rounds, hours: outcome.Rounds, deployments: 0);
    }

    [Fact]
    public async Task Run_JobFindsNoMachine_GoesAgainOnceThereIsOne()
    {
        await using var run = await StartAsync("no-machine");
        run.Workspace.FailureMessage = "AllocationFailed: We do not have sufficient capacity for the requested VM size in this region.";
        run.JobScript = (job, age) => job == run.Workspace.Made.First() && age > TimeSpan.FromMinutes(5) ? "Failed" : null;
        var outcome = await run.EndAsync();
        (outcome.Ending, outcome.Champion).ShouldBe((ImprovementEnding.Promoted, "v2"), outcome.Reason);
        await run.CheckAsync(outcome, jobs: 2, JobHours, deployments: 1);
    }

    [Fact]
    public async Task Run_QuotaForTheJobIsUsedUp_SaysSoAndOwesNothingForIt()
    {
        await using var run = await StartAsync("quota");
        run.Arm.Fail(FakeArmFault.Quota with { Method = "PUT", Path = "/jobs/" });
        var outcome = await run.EndAsync();
        outcome.Ending.ShouldBe(ImprovementEnding.NotGoodEnough);
        outcome.Reason.ShouldContain("24 requested, 0 available. Ask for more quota in the Azure portal, choose another instance type or region, or train on less.");
        await run.CheckAsync(outcome, jobs: 0, hours: 0, deployments: 0);
    }

    [Theory]
    [InlineData(false, "v2 could not be deployed: v2 did not answer within 00:30:00 (last: Updating). Raise deployment.readyWithin, or see what the target says.")]
    [InlineData(true, "v2 could not be deployed: Failed: ResourceNotReady: User container has crashed or terminated.")]
    public async Task Run_DeploymentNeverTurnsHealthy_EndsAndTakesItAway(bool isTold, string reason)
    {
        await using var run = await StartAsync($"unhealthy-{isTold}");
        if (isTold) run.Online.DeploymentError = new JsonObject { ["code"] = "ResourceNotReady", ["message"] = "User container has crashed or terminated." };
        var outcome = await run.EndAsync(each: () =>
        {
            // Nothing that is begun from here on comes to an end in time.
            if (!isTold && !run.Online.Made.IsEmpty) run.Arm.Operations.Duration = TimeSpan.FromHours(1);
            return Task.CompletedTask;
        });
        outcome.Ending.ShouldBe(ImprovementEnding.Failed);
        outcome.Reason.ShouldBe($"{reason} The champion keeps serving.");
        await run.CheckAsync(outcome, jobs: 1, JobHours, deployments: 1);
    }

    [Fact]
    public async Task Run_TokensExpireInARunOfThreeDays_AreAskedForAnew()
    {
        await using var run = await StartAsync("three-days");
        run.JobTakes = TimeSpan.FromDays(3);
        // The credential's clock is late: some calls come with a token that Azure takes no more.
        (run.Arm.Tokens.Lifetime, run.Arm.Tokens.Overrun) = (TimeSpan.FromHours(1), TimeSpan.FromMinutes(2));
        var began = run.World.Clock.GetUtcNow();
        var outcome = await run.EndAsync(TimeSpan.FromMinutes(19));
        (outcome.Ending, outcome.Champion).ShouldBe((ImprovementEnding.Promoted, "v2"), outcome.Reason);
        var hours = (int)(run.World.Clock.GetUtcNow() - began).TotalHours;
        hours.ShouldBeGreaterThan(72);
        run.Arm.Tokens.Issued.Count.ShouldBeInRange(50, 2 * hours, "a new one about every hour, not at every call");
        run.Arm.Tokens.Refused.ShouldBeGreaterThan(2, "some came too late, and did no harm");
        await run.CheckAsync(outcome, jobs: 1, hours: 72, deployments: 1);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(CommitPhase.Before)]
    [InlineData(CommitPhase.After)]
    public async Task Run_HostIsKilledWhileTheJobIsAtWork_GoesOnWhereItWas(CommitPhase? dies)
    {
        await using var run = await StartAsync($"killed-{dies}");
        var kills = 0;
        var outcome = await run.EndAsync(each: async () =>
        {
            if (kills > 0 || run.Workspace.Made.IsEmpty) return;
            kills++;
            if (dies is { } phase) run.World.CrashAtCommit(2, phase);
            else await run.World.ReopenAsync();
        });
        (outcome.Ending, outcome.Champion).ShouldBe((ImprovementEnding.Promoted, "v2"), outcome.Reason);
        (kills, run.Deaths).ShouldBe((1, dies is null ? 0 : 1));
        await run.CheckAsync(outcome, jobs: 1, JobHours, deployments: 1);
    }

    [Fact]
    public async Task Run_SubmissionsAnswerAndRightsAreLostAtOnce_JobIsFoundAndCancelledLater()
    {
        await using var run = await StartAsync("rights", m => m with { Student = m.Student with { Deadline = TimeSpan.FromHours(6) } });
        run.JobTakes = TimeSpan.FromDays(30);
        run.Arm.Fail(FakeArmFault.LostAnswer with { Method = "PUT", Path = "/jobs/", Then = () => run.Arm.Fail(FakeArmFault.Forbidden with { Path = "/jobs/" }, 500) });
        var outcome = await run.EndAsync();
        outcome.Ending.ShouldBe(ImprovementEnding.NotGoodEnough);
        outcome.Reason.ShouldContain("was to be cancelled at its deadline. It could not be cancelled:");
        run.Workspace.Cancelled.ShouldBeEmpty();
        run.Arm.Mend();
        await run.CheckAsync(outcome, jobs: 1, hours: 0, deployments: 0);
        run.Workspace.Cancelled.ShouldBe(run.Workspace.Made);
    }

    [Fact]
    public async Task Run_AzureIsAwayFromTheSubmissionOn_FailsAndTheJobIsCancelledLater()
    {
        await using var run = await StartAsync("away");
        run.JobTakes = TimeSpan.FromDays(30);
        run.Arm.Fail(FakeArmFault.LostAnswer with { Method = "PUT", Path = "/jobs/", Then = () => run.Arm.Fail(FakeArmFault.CutConnection with { Path = "/jobs/" }, 1_000) });
        var outcome = await run.EndAsync();
        outcome.Ending.ShouldBe(ImprovementEnding.Failed);
        outcome.Reason.ShouldContain("Azure did not answer GET Microsoft.MachineLearningServices/workspaces/lab/jobs/");
        run.Arm.Mend();
        await run.CheckAsync(outcome, jobs: 1, hours: 0, deployments: 0);
        run.Workspace.Cancelled.Distinct().ShouldBe(run.Workspace.Made);
    }

    [Fact]
    public async Task Run_IsTerminatedWhileTheJobIsAtWork_JobIsCancelledByTheJanitor()
    {
        await using var run = await StartAsync("terminated");
        run.JobTakes = TimeSpan.FromDays(30);
        while (run.Workspace.Made.IsEmpty) await run.World.LookAsync();
        await run.World.Get<IOrchestrationClient>().TerminateAsync(AzureRunWorld.Run, "test");
        await run.CheckAsync(new ImprovementOutcome(ImprovementEnding.Cancelled, "terminated", 1, "v1", null), jobs: 1, hours: 0, deployments: 0);
        run.Workspace.Cancelled.Distinct().ShouldBe(run.Workspace.Made);
    }

    private Task<AzureRunWorld> StartAsync(string name, Func<AgentManifest, AgentManifest>? change = null) => AzureRunWorld.StartAsync(origin, name.ToLowerInvariant(), change);
}
