using SelfImprove.DataGeneration.Labelling;
using SelfImprove.Evaluation.Comparing;
using SelfImprove.Evaluation.Judging;
using SelfImprove.Evaluation.Scoring;
using SelfImprove.Evaluation.ValidationSets;
using SelfImprove.Orchestration;

namespace SelfImprove.Evaluation;

/// <summary>
/// Judges a candidate: draw items, let both versions answer, have labelled what tells the two apart (and a part of the rest), judge. Where too few items tell
/// nothing it draws as many more as the power calculation asks for, within the manifest's bounds and what traffic and budget give.
/// </summary>
public sealed class EvaluateCandidate : Orchestrator<EvaluateInput, EvaluateOutput>
{
    /// <summary>The name under which it is called: as a child with the id <see cref="InstanceId"/>.</summary>
    public static readonly OrchestratorRef<EvaluateInput, EvaluateOutput> Ref = new(nameof(EvaluateCandidate));

    /// <summary>Attempts in a round: more would divide the error rate too finely.</summary>
    private const int Attempts = 3;

    /// <summary>The instance's id within its run.</summary>
    public static string InstanceId(string run, int round) => $"{run}/evaluate-{round}";

    /// <inheritdoc />
    public override async Task<EvaluateOutput> RunAsync(OrchestrationContext context, EvaluateInput input)
    {
        var (wanted, spent, cost, asked) = (0, 0.0, 0m, context.Now);
        for (var attempt = 1; ; attempt++)
        {
            var drawn = await context.CallAsync(PrepareValidation.Ref, new PrepareInput(input, attempt, wanted, asked));
            var compared = await context.CallAsync(CompareAnswers.Ref, new CompareInput(input, attempt, drawn.Items), CompareAnswers.Retry);
            LabelOutput? labels = null;
            if (compared.ToLabelCount > 0)
            {
                labels = await context.CallAsync(
                    LabelItems.Ref, new LabelInput(input.Run, "validation", compared.Labeller, compared.ToLabel, compared.ToLabelCount),
                    $"{context.InstanceId}/label-{attempt}");
                cost += labels.CostUsd;
            }
            var scores = await context.CallAsync(ScoreCandidate.Ref, new ScoreInput(input, attempt, drawn.Items, compared.Answers, labels?.Labels), ScoreCandidate.Retry);
            // A labeller that fell short (budget, people who did not answer) will again: more items would cost and bring nothing.
            var last = attempt == Attempts || drawn.Exhausted || labels?.Shortfall is not null;
            var judged = await context.CallAsync(
                JudgeCandidate.Ref,
                new JudgeInput(input, attempt, scores.Scores, scores.Set, scores.Drawn, compared.Labeller, labels?.Shortfall, cost, spent, last));
            context.SetStatus(new { attempt, judged.Output.Verdict, judged.Output.Items, judged.Output.ChampionScore, judged.Output.CandidateScore, judged.ItemsWanted });
            if (judged.Output.Verdict != Verdict.Inconclusive || last || judged.ItemsWanted is not { } more) return judged.Output;
            (wanted, spent) = (more, spent + judged.Alpha);
        }
    }
}
