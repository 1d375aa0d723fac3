using SelfImprove.Models.Endpoints;
using SelfImprove.Orchestration;

namespace SelfImprove.Deployment.Targets;

/// <summary>
/// Takes a version's deployment away once its time has come, unless traffic is sent to it then. Nobody waits for it: the run that decides it ends meanwhile, and an
/// old champion's stays for the roll-back that may be wanted. Its id is <see cref="InstanceId"/>, outside of the run's, so that cancelling the run does not reach it.
/// </summary>
public sealed class RetireVersion : Orchestrator<RetireInput, Retirement>
{
    /// <summary>The orchestrator's name.</summary>
    public static readonly OrchestratorRef<RetireInput, Retirement> Ref = new(nameof(RetireVersion));

    /// <summary>How long the target may take.</summary>
    public static readonly TimeSpan Within = TimeSpan.FromDays(7);

    private const int LooksPerHistory = 200;

    /// <summary>The instance's id.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="version">The version.</param>
    /// <param name="by">Who decides it: a run, or the janitor with a number.</param>
    public static string InstanceId(string agent, string version, string by) => $"retire/{agent}/{version}/{by}";

    /// <inheritdoc/>
    public override async Task<Retirement> RunAsync(OrchestrationContext context, RetireInput input)
    {
        if (input.IsScheduled is null && !await context.CallAsync(ScheduleRetirement.Ref, input)) return Retirement.Removed;
        if (context.Now < input.At) await context.SleepUntilAsync(input.At);
        var deadline = input.At + Within;
        var patience = new EndpointPatience(deadline > context.Now ? deadline : context.Now);
        string? operation = null;
        for (var look = 1; ; look++)
        {
            var status = await EndpointPatience.LookAsync(context, RetireDeployment.Ref, new RetireDeploymentInput(input, operation), operation);
            if (status.State == EndpointState.Gone) return Retirement.Removed;
            if (status.State == EndpointState.Healthy) return Retirement.Kept;
            if (patience.IsOver(context.Now)) return Retirement.Stuck;
            operation = status.Operation;
            context.SetStatus(new { stage = "removing", input.Version, status.Reason });
            await context.SleepUntilAsync(patience.Next(context.Now, status.RetryAfter));
            if (look < LooksPerHistory) continue;
            context.ContinueAsNew(input with { IsScheduled = true });
            return Retirement.Stuck;
        }
    }
}
