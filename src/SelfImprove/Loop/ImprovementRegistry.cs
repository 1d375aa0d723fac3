using SelfImprove.DataGeneration;
using SelfImprove.Deployment;
using SelfImprove.Evaluation;
using SelfImprove.Monitoring;
using SelfImprove.Orchestration;
using SelfImprove.Planning;
using SelfImprove.Runs;
using SelfImprove.Runs.Approvals;
using SelfImprove.Telemetry;
using SelfImprove.Training;

namespace SelfImprove.Loop;

/// <summary>The one list of all orchestrators and activities: both hosts, and the test that compares them, read it.</summary>
public static class ImprovementRegistry
{
    /// <summary>Makes it.</summary>
    public static OrchestrationRegistry Create() => new OrchestrationRegistry { Surround = RunActivities.TraceAsync }
        .Add<ImprovementLoop, ImprovementInput, ImprovementOutcome>(ImprovementLoop.Ref)
        .Add<OpenRun, ImprovementInput, OpenedRun>(OpenRun.Ref)
        .Add<CloseRun, CloseRunInput, ImprovementOutcome>(CloseRun.Ref)
        .Add<RollBackVersion, RollBackVersionInput, string>(RollBackVersion.Ref)
        .Add<QuarantineSource, QuarantineSourceInput, string>(QuarantineSource.Ref)
        .Add<AskApproval, ApprovalRequest, string>(AskApproval.Ref)
        .Add<ReadApproval, ReadApprovalInput, ReadApprovalOutput>(ReadApproval.Ref)
        .AddPlanning()
        .AddDataGeneration()
        .AddTraining()
        .AddEvaluation()
        .AddDeployment();
}
