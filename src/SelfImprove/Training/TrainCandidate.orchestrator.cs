using SelfImprove.Orchestration;
using SelfImprove.Runs;

namespace SelfImprove.Training;

/// <summary>
/// Trains a candidate: submits a job, waits for it on durable timers (a completion callback cuts the wait short), cancels it at
/// its deadline, submits it again where it failed transiently, and registers the model as a version.
/// </summary>
public sealed class TrainCandidate : Orchestrator<TrainInput, TrainOutput>
{
    /// <summary>The orchestrator's name.</summary>
    public static readonly OrchestratorRef<TrainInput, TrainOutput> Ref = new(nameof(TrainCandidate));

    /// <summary>How often a job is submitted before its transient failures count as lasting.</summary>
    public const int MaxAttempts = 3;

    /// <summary>How a step is repeated that a store or service was away for: hours of waiting cost less than labels and machines that were paid for.</summary>
    public static readonly RetryPolicy Retry = new(30, TimeSpan.FromSeconds(2), 2, TimeSpan.FromMinutes(5));

    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    /// <summary>The event that says a job of this round has ended.</summary>
    public static string CompletedEvent(int round) => $"training-{round}";

    /// <inheritdoc/>
    public override async Task<TrainOutput> RunAsync(OrchestrationContext context, TrainInput input)
    {
        for (var attempt = 1; ; attempt++)
        {
            var job = await context.CallAsync(SubmitTraining.Ref, new SubmitTrainingInput(input, attempt), Retry);
            var status = job.Refusal is { } refusal
                ? new TrainingStatus { State = TrainingState.Failed, Reason = refusal.Reason, IsTransient = refusal.IsTransient }
                : await EndOfAsync(context, input, job);
            switch (status.State)
            {
                case TrainingState.Succeeded:
                    var version = await context.CallAsync(RegisterCandidate.Ref, new RegisterCandidateInput(input, status.Model!, status.ContentHash), Retry);
                    return new TrainOutput(version, status.CostUsd, status.DurationSeconds, null);
                case TrainingState.Failed when status.IsTransient && attempt < MaxAttempts:
                    await context.NudgeOrUntilAsync(CompletedEvent(input.Run.Round), context.Now + LongestWait);
                    continue;
                default:
                    return new TrainOutput(null, status.CostUsd, status.DurationSeconds,
                        status.Reason ?? $"The training job ended as {status.State} without saying why.");
            }
        }
    }

    private static async Task<TrainingStatus> EndOfAsync(OrchestrationContext context, TrainInput input, SubmittedJob job)
    {
        var deadline = context.Now + job.Deadline;
        var wait = FirstWait;
        while (true)
        {
            var status = await context.CallAsync(PollTraining.Ref, new PollTrainingInput(input.Run, job.Trainer, job.JobId, Cancel: context.Now >= deadline), Retry);
            if (status.HasEnded) return status;
            context.SetStatus(new { stage = "training", job = job.JobId, state = status.State, status.Reason, links = status.Links });
            var next = context.Now + wait;
            await context.NudgeOrUntilAsync(CompletedEvent(input.Run.Round), next < deadline || context.Now >= deadline ? next : deadline);
            wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
        }
    }
}
