using SelfImprove.Deployment.Targets;
using SelfImprove.Orchestration;

namespace SelfImprove.Deployment.Shadow;

/// <summary>
/// The part of a rollout before its A/B test: the challenger answers in the champion's shadow until harm is proven, enough was seen, or time is over. An endpoint's
/// own traffic is copied to it meanwhile, where the manifest asks for that: a load test.
/// </summary>
internal static class ShadowStage
{
    /// <summary>Looks in one history.</summary>
    private const int LooksPerHistory = 50;

    /// <summary>Runs it.</summary>
    /// <returns>Null where the A/B test may begin; otherwise how the rollout ended (or what a history gives that goes on in a fresh one).</returns>
    public static async Task<RolloutOutput?> RunAsync(OrchestrationContext context, RolloutInput input)
    {
        var mirrors = input is { Deploys: true, MirrorPercent: > 0 };
        try
        {
            var begun = input.Shadow ?? await context.CallAsync(BeginShadow.Ref, input);
            if (mirrors && input.Shadow is null) await Rollout.ShiftAsync(context, input, new TrafficWish(Serves: false, input.MirrorPercent), "mirror");
            var going = input with { Shadow = begun };
            if (await LookAsync(context, going) is not { } last)
            {
                context.ContinueAsNew(going);
                return new RolloutOutput(RolloutOutcome.Expired, "", 0, 0, 0, 0, -1, 1);
            }
            return await EndAsync(context, input, last, mirrors);
        }
        catch (OrchestrationFailureException) when (mirrors)
        {
            await Rollout.ShiftAsync(context, input, new TrafficWish(Serves: false), "unmirror");
            throw;
        }
    }

    /// <summary>Looks until there is something to do; null where the history is long.</summary>
    private static async Task<ShadowLook?> LookAsync(OrchestrationContext context, RolloutInput input)
    {
        var begun = input.Shadow!;
        for (var looks = 1; ; looks++)
        {
            // Cancelled by Cancel, never CancelAsync: that would call back on another thread, outside this turn.
            using var stop = new CancellationTokenSource();
            var due = context.Now + begun.LookEvery;
            // The waits are open before the look reads the facts: what comes in between wakes them.
            var woken = Task.WhenAny(
                context.EventAsync<string>(Rollout.LookEvent, stop.Token),
                context.EventAsync<string>(Rollout.CancelEvent, stop.Token),
                context.SleepUntilAsync(due > begun.Deadline && context.Now < begun.Deadline ? begun.Deadline : due, stop.Token));
            var look = await context.CallAsync(LookAtShadow.Ref, new LookAtShadowInput(input, context.Now), LookAtShadow.Retry);
            context.SetStatus(look);
            if (look.Step == ShadowStep.Wait) await woken;
            stop.Cancel();
            if (look.Step is not (ShadowStep.Wait or ShadowStep.GoOn)) return look;
            if (looks >= LooksPerHistory) return null;
        }
    }

    private static async Task<RolloutOutput?> EndAsync(OrchestrationContext context, RolloutInput input, ShadowLook last, bool mirrors)
    {
        if (last.Step == ShadowStep.BeginTest)
        {
            await context.CallAsync(PassShadow.Ref, new PassShadowInput(input, last.Reading));
            // The last step each time: what fails before it comes to the catch, which does the same.
            if (mirrors) await Rollout.ShiftAsync(context, input, new TrafficWish(Serves: false), "unmirror");
            return null;
        }
        var outcome = last.Step switch
        {
            ShadowStep.Withdraw => RolloutOutcome.WithdrawnInShadow,
            ShadowStep.Expire => RolloutOutcome.Expired,
            _ => RolloutOutcome.Cancelled,
        };
        await context.CallAsync(WithdrawChallenger.Ref, new WithdrawInput(input, outcome.ToString(), last.Reading.Reason));
        if (mirrors) await Rollout.ShiftAsync(context, input, new TrafficWish(Serves: false), "unmirror");
        var reading = last.Reading;
        return new RolloutOutput(outcome, reading.Reason + (reading.Caveat is { } caveat ? $" (note: {caveat})" : ""), 0, 0, 0, 0, -1, 1) { Shadow = reading };
    }
}
