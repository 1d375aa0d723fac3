using SelfImprove.Orchestration;

namespace SelfImprove.Runs.Approvals;

/// <summary>How an orchestrator waits for a person: the request is written, the answer is a fact in the store, the event only a nudge.</summary>
public static class ApprovalGate
{
    /// <summary>The event that says a gate was answered.</summary>
    public static string EventName(string gate, int round) => $"approval-{gate}-{round}";

    /// <summary>The longest that an answer, or a cancellation, whose event was lost goes unnoticed.</summary>
    public static readonly TimeSpan ReadAgain = TimeSpan.FromHours(1);

    /// <summary>Waits for an answer until the gate expires.</summary>
    /// <param name="context">The orchestration.</param>
    /// <param name="run">The run and round.</param>
    /// <param name="gate"><c>plan</c>, <c>spend</c> or <c>deploy</c>.</param>
    /// <param name="question">What is asked.</param>
    /// <param name="expiry">How long it waits.</param>
    public static async Task<ApprovalAnswer> WaitAsync(OrchestrationContext context, RunRef run, string gate, string question, TimeSpan expiry)
    {
        var request = new ApprovalRequest(run, gate, question, context.Now, context.Now + expiry);
        await context.CallAsync(AskApproval.Ref, request);
        context.SetStatus(new { stage = "approval", gate, question, due = request.Due });
        while (true)
        {
            // Read again now and then: on an engine where a wait given up swallows the next event of its name, a nudge may be lost.
            var again = context.Now + ReadAgain;
            using var stop = new CancellationTokenSource();
            var nudge = context.EventAsync<string>(EventName(gate, run.Round), stop.Token);
            var cancelled = context.EventAsync<string>(RunService.CancelEvent, stop.Token);
            var read = await context.CallAsync(ReadApproval.Ref, new ReadApprovalInput(request, Expired: context.Now >= request.Due));
            if (read.Answer is null) await Task.WhenAny(nudge, cancelled, context.SleepUntilAsync(again < request.Due ? again : request.Due, stop.Token));
            stop.Cancel();
            if (read.Answer is { } answer) return answer;
        }
    }
}
