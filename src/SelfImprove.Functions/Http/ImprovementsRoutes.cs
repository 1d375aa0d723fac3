using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace SelfImprove.Functions.Http;

/// <summary>The routes of improvement runs.</summary>
public static class ImprovementsRoutes
{
    /// <summary>Asks for an improvement.</summary>
    [Function(nameof(RequestImprovement))]
    public static Task<IResult> RequestImprovement(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/agents/{agent}/improvements")] HttpRequest http,
        [DurableClient] DurableTaskClient client) =>
        http.AnswerAsync(nameof(RequestImprovement), client);

    /// <summary>Lists the agent's improvement runs.</summary>
    [Function(nameof(ListImprovements))]
    public static Task<IResult> ListImprovements(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/agents/{agent}/improvements")] HttpRequest http,
        [DurableClient] DurableTaskClient client) =>
        http.AnswerAsync(nameof(ListImprovements), client);

    /// <summary>A request for an improvement, and the run that took it up.</summary>
    [Function(nameof(GetRequest))]
    public static Task<IResult> GetRequest(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/agents/{agent}/requests/{request}")] HttpRequest http,
        [DurableClient] DurableTaskClient client) =>
        http.AnswerAsync(nameof(GetRequest), client);

    /// <summary>A run: stage, plan, data, report, outcome, open approvals, spend.</summary>
    [Function(nameof(GetImprovement))]
    public static Task<IResult> GetImprovement(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/improvements/{run}")] HttpRequest http,
        [DurableClient] DurableTaskClient client) =>
        http.AnswerAsync(nameof(GetImprovement), client);

    /// <summary>Answers what a run asks.</summary>
    [Function(nameof(Approve))]
    public static Task<IResult> Approve(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/improvements/{run}/approval")] HttpRequest http,
        [DurableClient] DurableTaskClient client) =>
        http.AnswerAsync(nameof(Approve), client);

    /// <summary>Cancels a run.</summary>
    [Function(nameof(Cancel))]
    public static Task<IResult> Cancel(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/improvements/{run}/cancel")] HttpRequest http,
        [DurableClient] DurableTaskClient client) =>
        http.AnswerAsync(nameof(Cancel), client);
}
