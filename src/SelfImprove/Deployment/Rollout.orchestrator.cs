using SelfImprove.Deployment.Experiments;
using SelfImprove.Deployment.Shadow;
using SelfImprove.Deployment.Targets;
using SelfImprove.Orchestration;
using SelfImprove.Runs;

namespace SelfImprove.Deployment;

/// <summary>
/// Runs a candidate beside its champion on live traffic until there is proof: in the shadow first, where asked for; then split the traffic, look, decide, wait, look again.
/// It ends with the candidate as champion, or withdrawn. A nudge (<see cref="LookEvent"/>) brings the next look forward;
/// a cancel is a fact in the store (<see cref="RunGuard.CancelGate"/>) with a nudge (<see cref="CancelEvent"/>) to look at once.
/// </summary>
public sealed class Rollout : Orchestrator<RolloutInput, RolloutOutput>
{
    /// <summary>The name under which it is called: as a child with the id <see cref="InstanceId"/>.</summary>
    public static readonly OrchestratorRef<RolloutInput, RolloutOutput> Ref = new(nameof(Rollout));

    /// <summary>Raise it (payload: any text) on the instance to look now.</summary>
    public const string LookEvent = "look";

    /// <summary>Raise it (payload: any text) on the instance after the cancel fact was written.</summary>
    public const string CancelEvent = RunService.CancelEvent;

    /// <summary>Looks in one history: a rollout of weeks has thousands, and a replay walks over each.</summary>
    private const int LooksPerHistory = 50;

    /// <summary>The instance's id within its run.</summary>
    public static string InstanceId(string run, int round) => $"{run}/rollout-{round}";

    /// <inheritdoc />
    public override async Task<RolloutOutput> RunAsync(OrchestrationContext context, RolloutInput input)
    {
        try
        {
            return await RolloutAsync(context, input);
        }
        catch (OrchestrationFailureException e)
        {
            await context.CallAsync(WithdrawChallenger.Ref, new WithdrawInput(input, "failed", e.Message));
            throw;
        }
    }

    private static async Task<RolloutOutput> RolloutAsync(OrchestrationContext context, RolloutInput input)
    {
        if (input is { Deploys: true, Begun: null, Shadow: null } && await DeployAsync(context, input) is { } notDeployed) return notDeployed;
        if (input is { Shadows: true, Begun: null } && await ShadowStage.RunAsync(context, input) is { } inShadow) return inShadow;
        var begun = input.Begun ?? await context.CallAsync(BeginExperiment.Ref, input);
        for (var looks = 1; ; looks++)
        {
            // Cancelled by Cancel, never CancelAsync: that would call back on another thread, outside this turn.
            using var stop = new CancellationTokenSource();
            // The waits are open before the look reads the facts: what comes in between wakes them.
            var woken = Task.WhenAny(
                context.EventAsync<string>(LookEvent, stop.Token),
                context.EventAsync<string>(CancelEvent, stop.Token),
                context.SleepUntilAsync(NextLook(begun, context.Now), stop.Token));
            var look = await context.CallAsync(LookAtExperiment.Ref, new LookInput(input with { Begun = begun }, context.Now));
            context.SetStatus(look);
            if (look.Step == RolloutStep.RaiseShare)
                await context.CallAsync(RaiseShare.Ref, new RaiseShareInput(input.Run, begun.Id, look.NextShare!.Value, look.Reading.Reason));
            if (look.Step is RolloutStep.Wait or RolloutStep.RaiseShare)
            {
                await woken;
                stop.Cancel();
                if (looks < LooksPerHistory) continue;
                context.ContinueAsNew(input with { Begun = begun });
                return Output(RolloutOutcome.Expired, look.Reading);
            }
            stop.Cancel();
            return await EndAsync(context, input, look);
        }
    }

    private static async Task<RolloutOutput> EndAsync(OrchestrationContext context, RolloutInput input, LookOutput look)
    {
        if (look.Step == RolloutStep.Promote)
        {
            var refusal = (await context.CallAsync(PromoteChallenger.Ref, new PromoteInput(input, look.Reading))).Refusal;
            if (refusal is not null) return Output(RolloutOutcome.Cancelled, look.Reading with { Reason = $"not promoted: {refusal}" });
            var note = input.Deploys ? await ShiftAsync(context, input, new TrafficWish(Serves: true), "traffic") : null;
            return Output(RolloutOutcome.Promoted, note is null ? look.Reading : look.Reading with { Reason = $"{look.Reading.Reason}; {note}" });
        }
        var outcome = look.Step switch
        {
            RolloutStep.RollBack => RolloutOutcome.RolledBack,
            RolloutStep.Void => RolloutOutcome.Voided,
            RolloutStep.Expire => RolloutOutcome.Expired,
            _ => RolloutOutcome.Cancelled,
        };
        await context.CallAsync(WithdrawChallenger.Ref, new WithdrawInput(input, outcome.ToString(), look.Reading.Reason));
        return Output(outcome, look.Reading);
    }

    /// <summary>Sees to it that the candidate can answer, however long ago it was deployed.</summary>
    private static async Task<RolloutOutput?> DeployAsync(OrchestrationContext context, RolloutInput input)
    {
        var deployed = await context.CallAsync(DeployVersion.Ref, new DeployInput(input.Run.Agent, input.Candidate, input.Run), $"{context.InstanceId}/deploy");
        return deployed.Failure is { } why
            ? new RolloutOutput(RolloutOutcome.NotDeployed, $"{input.Candidate} could not be deployed: {why}", 0, 0, 0, 0, 0, 0)
            : null;
    }

    /// <summary>Writes the endpoint's own traffic; gives what could not be written, and why.</summary>
    internal static async Task<string?> ShiftAsync(OrchestrationContext context, RolloutInput input, TrafficWish wish, string name) =>
        (await context.CallAsync(ShiftTraffic.Ref, new ShiftTrafficInput(input.Run, input.Candidate, wish), $"{context.InstanceId}/{name}")).Note;

    private static DateTimeOffset NextLook(BegunExperiment begun, DateTimeOffset now)
    {
        var due = now + begun.LookEvery;
        return due > begun.Deadline && now < begun.Deadline ? begun.Deadline : due;
    }

    private static RolloutOutput Output(RolloutOutcome outcome, ExperimentReading reading) => new(
        outcome, reading.Reason + (reading.Caveat is { } caveat ? $" (note: {caveat})" : ""), reading.ChampionRequests, reading.ChallengerRequests,
        reading.Requests, reading.Difference, reading.Low, reading.High);
}
