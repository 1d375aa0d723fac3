using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace SelfImprove.Functions.Http;

/// <summary>The routes of the gateway and health.</summary>
public static class GatewayRoutes
{
    /// <summary>Whether the host is up.</summary>
    [Function(nameof(Health))]
    public static Task<IResult> Health(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "healthz")] HttpRequest http) =>
        http.AnswerAsync(nameof(Health));

    /// <summary>Asks an agent (model = its name); OpenAI-compatible.</summary>
    [Function(nameof(ChatCompletions))]
    public static Task<IResult> ChatCompletions(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/chat/completions")] HttpRequest http) =>
        http.AnswerAsync(nameof(ChatCompletions));

    /// <summary>Lists the agents as models.</summary>
    [Function(nameof(Models))]
    public static Task<IResult> Models(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/models")] HttpRequest http,
        [DurableClient] DurableTaskClient client) =>
        http.AnswerAsync(nameof(Models), client);

    /// <summary>One agent as a model.</summary>
    [Function(nameof(GetModel))]
    public static Task<IResult> GetModel(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/models/{model}")] HttpRequest http,
        [DurableClient] DurableTaskClient client) =>
        http.AnswerAsync(nameof(GetModel), client);
}
