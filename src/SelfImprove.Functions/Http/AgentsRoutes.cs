using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace SelfImprove.Functions.Http;

/// <summary>The routes of agents, their versions and audit logs.</summary>
public static class AgentsRoutes
{
    /// <summary>Lists the agents.</summary>
    [Function(nameof(ListAgents))]
    public static Task<IResult> ListAgents(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/agents")] HttpRequest http,
        [DurableClient] DurableTaskClient client) =>
        http.AnswerAsync(nameof(ListAgents), client);

    /// <summary>An agent: its manifest, and who serves.</summary>
    [Function(nameof(GetAgent))]
    public static Task<IResult> GetAgent(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/agents/{agent}")] HttpRequest http,
        [DurableClient] DurableTaskClient client) =>
        http.AnswerAsync(nameof(GetAgent), client);

    /// <summary>Puts an agent's manifest (YAML or JSON); all mistakes are told at once.</summary>
    [Function(nameof(PutAgent))]
    public static Task<IResult> PutAgent(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/agents/{agent}")] HttpRequest http,
        [DurableClient] DurableTaskClient client) =>
        http.AnswerAsync(nameof(PutAgent), client);

    /// <summary>What the log says of the agent.</summary>
    [Function(nameof(GetSignals))]
    public static Task<IResult> GetSignals(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/agents/{agent}/signals")] HttpRequest http,
        [DurableClient] DurableTaskClient client) =>
        http.AnswerAsync(nameof(GetSignals), client);

    /// <summary>Who serves, and how traffic is split.</summary>
    [Function(nameof(GetRouting))]
    public static Task<IResult> GetRouting(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/agents/{agent}/routing")] HttpRequest http,
        [DurableClient] DurableTaskClient client) =>
        http.AnswerAsync(nameof(GetRouting), client);

    /// <summary>What the triggers decided, and why.</summary>
    [Function(nameof(ListDecisions))]
    public static Task<IResult> ListDecisions(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/agents/{agent}/decisions")] HttpRequest http,
        [DurableClient] DurableTaskClient client) =>
        http.AnswerAsync(nameof(ListDecisions), client);

    /// <summary>Predicted against realised gain and cost, per run.</summary>
    [Function(nameof(GetLedger))]
    public static Task<IResult> GetLedger(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/agents/{agent}/ledger")] HttpRequest http,
        [DurableClient] DurableTaskClient client) =>
        http.AnswerAsync(nameof(GetLedger), client);

    /// <summary>Lists the agent's versions.</summary>
    [Function(nameof(ListVersions))]
    public static Task<IResult> ListVersions(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/agents/{agent}/versions")] HttpRequest http,
        [DurableClient] DurableTaskClient client) =>
        http.AnswerAsync(nameof(ListVersions), client);

    /// <summary>Adds a version, trained on labelled texts or a model that is there already; an agent's first serves at once.</summary>
    [Function(nameof(AddVersion))]
    public static Task<IResult> AddVersion(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/agents/{agent}/versions")] HttpRequest http,
        [DurableClient] DurableTaskClient client) =>
        http.AnswerAsync(nameof(AddVersion), client);

    /// <summary>Makes an earlier version serve.</summary>
    [Function(nameof(RollBack))]
    public static Task<IResult> RollBack(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/agents/{agent}/rollback")] HttpRequest http,
        [DurableClient] DurableTaskClient client) =>
        http.AnswerAsync(nameof(RollBack), client);

    /// <summary>Lists the agent's golden sets.</summary>
    [Function(nameof(ListGoldenSets))]
    public static Task<IResult> ListGoldenSets(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/agents/{agent}/golden")] HttpRequest http,
        [DurableClient] DurableTaskClient client) =>
        http.AnswerAsync(nameof(ListGoldenSets), client);

    /// <summary>Pins a golden set: items on which no candidate may be worse, and which nothing is trained on.</summary>
    [Function(nameof(PinGoldenSet))]
    public static Task<IResult> PinGoldenSet(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/agents/{agent}/golden")] HttpRequest http,
        [DurableClient] DurableTaskClient client) =>
        http.AnswerAsync(nameof(PinGoldenSet), client);

    /// <summary>The agent's audit log.</summary>
    [Function(nameof(ListAudit))]
    public static Task<IResult> ListAudit(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/agents/{agent}/audit")] HttpRequest http,
        [DurableClient] DurableTaskClient client) =>
        http.AnswerAsync(nameof(ListAudit), client);

    /// <summary>Whether the audit log is as it was written.</summary>
    [Function(nameof(VerifyAudit))]
    public static Task<IResult> VerifyAudit(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/agents/{agent}/audit/verify")] HttpRequest http,
        [DurableClient] DurableTaskClient client) =>
        http.AnswerAsync(nameof(VerifyAudit), client);
}
