using SelfImprove.Models.Endpoints;
using SelfImprove.Orchestration;
using SelfImprove.Runs;

namespace SelfImprove.DataGeneration.TeacherEndpoints;

/// <summary>
/// Sees to it that the teachers' endpoints are there and answer; the caller is their holder and releases them (<see cref="ReleaseTeachers"/>) on every ending. What
/// can't be had is said, not thrown.
/// </summary>
public sealed class ReadyTeachers : Orchestrator<ReadyTeachersInput, ReadyTeachersOutput>
{
    /// <summary>Its name.</summary>
    public static readonly OrchestratorRef<ReadyTeachersInput, ReadyTeachersOutput> Ref = new(nameof(ReadyTeachers));

    /// <summary>Raise it (payload: any text) on the instance to look now.</summary>
    public const string LookEvent = "look";

    /// <inheritdoc/>
    public override async Task<ReadyTeachersOutput> RunAsync(OrchestrationContext context, ReadyTeachersInput input)
    {
        var within = await context.CallAsync(TeacherPatience.Ref, input);
        var deadline = context.Now + within;
        foreach (var endpoint in input.Endpoints)
            if (await ReadyAsync(context, input, endpoint, deadline, within) is { } missing) return new ReadyTeachersOutput(missing);
        return new ReadyTeachersOutput(null);
    }

    private static async Task<string?> ReadyAsync(OrchestrationContext context, ReadyTeachersInput input, string endpoint, DateTimeOffset deadline, TimeSpan within)
    {
        var patience = new EndpointPatience(deadline);
        string? operation = null;
        while (true)
        {
            var status = await EndpointPatience.LookAsync(context, AdvanceTeacher.Ref, new AdvanceTeacherInput(input, endpoint, operation), operation);
            if (status.State == EndpointState.Healthy) return null;
            if (status.State != EndpointState.Working) return $"The teacher's endpoint {endpoint} can't be had: {status.Reason}";
            if (patience.IsOver(context.Now))
                return $"The teacher's endpoint {endpoint} did not answer within {within}{(status.Reason is { } last ? $" (last: {last})" : "")}.";
            operation = status.Operation;
            context.SetStatus(new { waitingFor = "teacher", endpoint, status.Reason });
            await context.NudgeOrUntilAsync(LookEvent, patience.Next(context.Now, status.RetryAfter));
        }
    }
}
