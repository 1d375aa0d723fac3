using SelfImprove.Models.Endpoints;
using SelfImprove.Orchestration;

namespace SelfImprove.DataGeneration.TeacherEndpoints;

/// <summary>
/// Removes a teacher's endpoint that nobody holds, and waits until it is gone. Nobody waits for it in turn; its id (<see cref="InstanceId"/>) lies outside of any
/// run's, so that the run's end does not reach it.
/// </summary>
public sealed class RemoveTeacherEndpoint : Orchestrator<DueRemoval, bool>
{
    /// <summary>Its name. It gives whether the endpoint is gone.</summary>
    public static readonly OrchestratorRef<DueRemoval, bool> Ref = new(nameof(RemoveTeacherEndpoint));

    /// <summary>How long the service may take; then the janitor begins anew.</summary>
    public static readonly TimeSpan Within = TimeSpan.FromDays(1);

    /// <summary>The instance's id.</summary>
    /// <param name="due">What goes.</param>
    /// <param name="attempt">0 for the first; the janitor's others carry a time.</param>
    public static string InstanceId(DueRemoval due, string attempt = "0") => $"endpoints/{due.Endpoint}/{due.Removal}/{attempt}";

    /// <inheritdoc/>
    public override async Task<bool> RunAsync(OrchestrationContext context, DueRemoval input)
    {
        var patience = new EndpointPatience(context.Now + Within);
        string? operation = null;
        while (true)
        {
            var status = await EndpointPatience.LookAsync(context, RemoveTeacher.Ref, new RemoveTeacherInput(input, operation), operation);
            if (status.State != EndpointState.Working) return status.State == EndpointState.Gone;
            if (patience.IsOver(context.Now)) return false;
            operation = status.Operation;
            context.SetStatus(new { removing = input.Endpoint, status.Reason });
            await context.SleepUntilAsync(patience.Next(context.Now, status.RetryAfter));
        }
    }
}
