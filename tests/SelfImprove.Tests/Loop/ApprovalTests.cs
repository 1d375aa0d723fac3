using SelfImprove.Agents.Manifests;
using SelfImprove.Runs;
using SelfImprove.Runs.Approvals;
using SelfImprove.Testing.Loop;

namespace SelfImprove.Tests.Loop;

/// <summary>Gates at which a person decides.</summary>
public sealed class ApprovalTests(DriftedWorld origin) : IClassFixture<DriftedWorld>
{
    private const string Agent = ImprovementWorld.Agent, Run = DriftedWorld.Run;

    private static AgentManifest Approve(AgentManifest m) => m with { Improvement = m.Improvement with { Mode = ImprovementMode.Approve } };

    private static async Task<ApprovalRequest> OpenGateAsync(ImprovementWorld world, string gate)
    {
        await world.LookAsync();
        var request = (await world.Get<ApprovalService>().OpenAsync(Agent)).ShouldHaveSingleItem();
        request.Gate.ShouldBe(gate);
        return request;
    }

    [Fact]
    public async Task Deploy_Approved_IsPromoted()
    {
        await using var world = await origin.ForkAsync(Approve);
        var request = await OpenGateAsync(world, "deploy");
        request.Question.ShouldContain("Version v2 scores");
        (await world.RoutingAsync()).Experiment.ShouldBeNull("no traffic is split before somebody said yes");

        (await world.Get<ApprovalService>().AnswerAsync(Agent, Run, true, "person:ada", "looks good"))!.Approved.ShouldBeTrue();

        var outcome = await world.EndAsync();
        outcome.Ending.ShouldBe(ImprovementEnding.Promoted, outcome.Reason);
        (await world.AuditAsync()).Single(e => e.Kind == "approvalAnswered").Actor.ShouldBe("person:ada");
        (await world.TroubleAfterAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Deploy_Rejected_EndsRefusedWithTheReason()
    {
        await using var world = await origin.ForkAsync(Approve);
        await OpenGateAsync(world, "deploy");

        await world.Get<ApprovalService>().AnswerAsync(Agent, Run, false, "person:ada", "Not before the audit.");

        var outcome = await world.EndAsync(requests: 0);
        outcome.Ending.ShouldBe(ImprovementEnding.Refused);
        outcome.Reason.ShouldBe("Deployment was refused by person:ada. Not before the audit. The champion keeps serving.");
        outcome.Candidate.ShouldBe("v2");
        (await world.RoutingAsync()).Champion.ShouldBe("v1");
        (await world.TroubleAfterAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Deploy_NobodyAnswers_EndsRefusedAtExpiryAndALateYesChangesNothing()
    {
        await using var world = await origin.ForkAsync(m => Approve(m) with { Approvals = new ApprovalSettings { Expiry = TimeSpan.FromHours(30) } });
        var request = await OpenGateAsync(world, "deploy");

        await world.PassAsync(TimeSpan.FromHours(29));
        (await world.OutcomeAsync(Run)).ShouldBeNull();
        await world.PassAsync(TimeSpan.FromHours(2));
        (await world.Get<ApprovalService>().AnswerAsync(Agent, Run, true, "person:ada", null)).ShouldBeNull();
        await world.Get<SelfImprove.Storage.FactBook>().RecordAsync(Run, "deploy", 1, new ApprovalAnswer(true, "person:ada", null, world.Clock.GetUtcNow()));
        await world.Get<SelfImprove.Orchestration.IOrchestrationClient>().RaiseEventAsync(Run, ApprovalGate.EventName("deploy", 1), "late");
        await world.LookAsync();

        var outcome = (await world.OutcomeAsync(Run))!;
        outcome.Ending.ShouldBe(ImprovementEnding.Refused);
        outcome.Reason.ShouldContain($"refused by runtime. Nobody answered until {request.Due:u}.");
        (await world.RoutingAsync()).Champion.ShouldBe("v1");
        (await world.TroubleAfterAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Deploy_AnsweredButTheNudgeIsLost_IsNoticedWithinTheHour()
    {
        await using var world = await origin.ForkAsync(Approve);
        await OpenGateAsync(world, "deploy");

        await world.Get<SelfImprove.Storage.FactBook>().RecordAsync(Run, "deploy", 1, new ApprovalAnswer(false, "person:ada", "No.", world.Clock.GetUtcNow()));
        await world.PassAsync(ApprovalGate.ReadAgain);

        (await world.OutcomeAsync(Run))!.Ending.ShouldBe(ImprovementEnding.Refused);
    }

    [Theory]
    [InlineData("plan", true)]
    [InlineData("plan", false)]
    [InlineData("spend", false)]
    public async Task PlanAndSpend_Asked_NothingIsTrainedBeforeTheAnswer(string gate, bool yes)
    {
        await using var world = await origin.ForkAsync(m => m with
        {
            Approvals = gate == "plan" ? new ApprovalSettings { Plan = true } : new ApprovalSettings { SpendOver = 1 },
        });
        var request = await OpenGateAsync(world, gate);
        request.Question.ShouldContain("labels from strong");
        request.Question.ShouldEndWith("May it go on?");
        (await world.SpendAsync()).ShouldAllBe(e => e.What.Contains("answers of strong"), "only the pilot is paid for");
        (await world.SpendAsync()).Sum(e => e.Usd).ShouldBeLessThanOrEqualTo(0.6m);

        await world.Get<ApprovalService>().AnswerAsync(Agent, Run, yes, "person:ada", "Because.");

        var outcome = await world.EndAsync(requests: yes ? 2_000 : 0);
        outcome.Ending.ShouldBe(yes ? ImprovementEnding.Promoted : ImprovementEnding.Refused, outcome.Reason);
        if (!yes) outcome.Reason.ShouldStartWith($"The {(gate == "plan" ? "plan" : "spending")} was refused by person:ada. Because.");
        (await world.TroubleAfterAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Spend_UnderTheLimit_AsksNobody()
    {
        await using var world = await origin.ForkAsync(m => m with { Approvals = new ApprovalSettings { SpendOver = 99 } });
        await world.LookAsync();
        (await world.Get<ApprovalService>().OpenAsync(Agent)).ShouldBeEmpty();
        (await world.RoutingAsync()).Experiment.ShouldNotBeNull();
    }
}
