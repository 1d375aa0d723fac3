using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using SelfImprove.DataGeneration.TeacherEndpoints;
using SelfImprove.Functions.Engine;
using SelfImprove.Orchestration;

namespace SelfImprove.Functions.Stages;

/// <summary>The functions of teacher endpoints: each runs the class that it is named after.</summary>
public static class TeacherEndpointFunctions
{
    /// <inheritdoc cref="ReadyTeachers"/>
    [Function(nameof(ReadyTeachers))]
    public static Task<string> RunReadyTeachers([OrchestrationTrigger] TaskOrchestrationContext context, FunctionContext function) =>
        function.OrchestrateAsync(context);

    /// <inheritdoc cref="TeacherPatience"/>
    [Function(nameof(TeacherPatience))]
    public static Task<CallOutcome> RunTeacherPatience(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);

    /// <inheritdoc cref="AdvanceTeacher"/>
    [Function(nameof(AdvanceTeacher))]
    public static Task<CallOutcome> RunAdvanceTeacher(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);

    /// <inheritdoc cref="ReleaseTeachers"/>
    [Function(nameof(ReleaseTeachers))]
    public static Task<CallOutcome> RunReleaseTeachers(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);

    /// <inheritdoc cref="RemoveTeacherEndpoint"/>
    [Function(nameof(RemoveTeacherEndpoint))]
    public static Task<string> RunRemoveTeacherEndpoint([OrchestrationTrigger] TaskOrchestrationContext context, FunctionContext function) =>
        function.OrchestrateAsync(context);

    /// <inheritdoc cref="RemoveTeacher"/>
    [Function(nameof(RemoveTeacher))]
    public static Task<CallOutcome> RunRemoveTeacher(
        [ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        function.ActAsync(call, client);
}
