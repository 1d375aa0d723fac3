using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration.Labelling;
using SelfImprove.Orchestration;
using SelfImprove.Runs;

namespace SelfImprove.Planning;

/// <summary>
/// Plans a round: labels a few recent inputs where a model teacher is at hand (diagnose before spending, and measure instead
/// of guess), diagnoses, and chooses a plan or ends the run; roll-back and quarantine are left to the loop.
/// </summary>
public sealed class PlanRound : Orchestrator<PlanRoundInput, PlanRoundOutput>
{
    /// <summary>The orchestrator's name.</summary>
    public static readonly OrchestratorRef<PlanRoundInput, PlanRoundOutput> Ref = new(nameof(PlanRound));

    /// <inheritdoc/>
    public override async Task<PlanRoundOutput> RunAsync(OrchestrationContext context, PlanRoundInput input)
    {
        string? pilot = null, adjudicated = null, teacher = null;
        if (input.Mode != ImprovementMode.Advise)
        {
            var sample = await context.CallAsync(SamplePilot.Ref, new SamplePilotInput(input.Run, input.Look, input.Champion));
            teacher = sample.Teacher;
            if (sample.Items is not null)
                pilot = (await context.CallAsync(
                    LabelItems.Ref, new LabelInput(input.Run, $"pilot{input.Look}", sample.Teacher!, sample.Items, sample.Count),
                    $"{context.InstanceId}/pilot")).Labels;
            if (sample.SourceItems is not null)
                adjudicated = (await context.CallAsync(
                    LabelItems.Ref, new LabelInput(input.Run, $"sources{input.Look}", sample.Teacher!, sample.SourceItems, sample.SourceCount),
                    $"{context.InstanceId}/sources")).Labels;
            pilot ??= input.Pilot;
        }
        var diagnosis = await context.CallAsync(DiagnoseAgent.Ref, new DiagnoseInput(input.Run, input.Look, input.Champion, pilot, adjudicated));
        if (input.Mode != ImprovementMode.Advise && diagnosis.Cause is DiagnosisCause.Regression)
            return Ended(ImprovementEnding.RolledBack, diagnosis.Words) with { RollBackTo = diagnosis.RollBackTo };
        if (input.Mode != ImprovementMode.Advise && diagnosis.Cause is DiagnosisCause.BadFeedbackSource)
            return Ended(ImprovementEnding.Quarantined, diagnosis.Words) with { Source = diagnosis.Source };
        var choice = await context.CallAsync(ChoosePlan.Ref, new ChoosePlanInput(input, pilot, diagnosis.Path));
        return choice.Plan is null
            ? Ended(ImprovementEnding.NothingToDo, choice.Stop!)
            : new PlanRoundOutput(choice.Plan, choice.Words, choice.Gain, choice.CostUsd, pilot, null, null) { LabelledBy = teacher };
    }

    private static PlanRoundOutput Ended(ImprovementEnding ending, string reason) => new(null, reason, 0, 0, null, ending, reason);
}
