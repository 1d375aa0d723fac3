using SelfImprove.Orchestration;

namespace SelfImprove.Runs;

/// <summary>Waiting in a run: whatever is waited for, a cancellation ends the wait too.</summary>
public static class RunWaits
{
    /// <summary>Waits for an event, the run's cancellation, or <paramref name="due"/>, whichever is first. The caller then reads the facts.</summary>
    public static async Task NudgeOrUntilAsync(this OrchestrationContext context, string eventName, DateTimeOffset due)
    {
        using var stop = new CancellationTokenSource();
        await Task.WhenAny(
            context.EventAsync<string>(eventName, stop.Token), context.EventAsync<string>(RunService.CancelEvent, stop.Token),
            context.SleepUntilAsync(due, stop.Token));
        stop.Cancel();
    }
}
