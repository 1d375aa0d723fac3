using SelfImprove.Agents.Manifests;
using SelfImprove.Api.Agents;
using SelfImprove.Api.Audit;
using SelfImprove.Api.Gateway;
using SelfImprove.Api.Improvements;
using SelfImprove.Api.Inbox;
using SelfImprove.Api.Ingestion;
using SelfImprove.Api.Security;
using SelfImprove.Monitoring.Events;
using SelfImprove.Monitoring.Ingestion;

namespace SelfImprove.Api.Hosting;

/// <summary>The one list of the API's addresses: every host maps it, and the test of routes and roles reads it.</summary>
public static class ApiRoutes
{
    private const ApiRoles Look = ApiRoles.Operate | ApiRoles.Approve;

    /// <summary>All addresses.</summary>
    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        ApiRoute.Of("GET", "/healthz", ApiRoles.None, "Health", "Whether the host is up.", HealthApi.Get),
        ApiRoute.Hot<AgentGateway>("POST", "/v1/chat/completions", ApiRoles.Ingest, "ChatCompletions", "Asks an agent (model = its name); OpenAI-compatible.",
            GatewayApi.CompleteAsync),
        ApiRoute.Of("GET", "/v1/models", ApiRoles.Ingest | Look, "Models", "Lists the agents as models.", GatewayApi.ModelsAsync),
        ApiRoute.Of("GET", "/v1/models/{model}", ApiRoles.Ingest | Look, "GetModel", "One agent as a model.", GatewayApi.ModelAsync),

        ApiRoute.Hot<EventIngestion>("POST", "/api/agents/{agent}/interactions", ApiRoles.Ingest, "PostInteractions",
            "Takes in interactions that were served elsewhere.", IngestionApi.InteractionsAsync)
            with { Body = typeof(Interaction) },
        ApiRoute.Hot<EventIngestion>("POST", "/api/agents/{agent}/feedback", ApiRoles.Ingest, "PostFeedback", "Takes in judgements.", IngestionApi.FeedbackAsync)
            with { Body = typeof(Feedback) },
        ApiRoute.Hot<EventIngestion>("POST", "/api/agents/{agent}/events", ApiRoles.Ingest, "PostEvents",
            "Takes in interactions and judgements, each wrapped by its kind.", IngestionApi.EventsAsync),

        ApiRoute.Of("GET", "/api/agents", Look, "ListAgents", "Lists the agents.", AgentsApi.ListAsync),
        ApiRoute.Of("GET", "/api/agents/{agent}", Look, "GetAgent", "An agent: its manifest, and who serves.", AgentsApi.GetAsync),
        ApiRoute.Of("PUT", "/api/agents/{agent}", ApiRoles.Operate, "PutAgent", "Puts an agent's manifest (YAML or JSON); all mistakes are told at once.",
            AgentsApi.PutAsync)
            with { Body = typeof(AgentManifest) },
        ApiRoute.Of("GET", "/api/agents/{agent}/signals", Look, "GetSignals", "What the log says of the agent.", AgentsApi.SignalsAsync),
        ApiRoute.Of("GET", "/api/agents/{agent}/routing", Look, "GetRouting", "Who serves, and how traffic is split.", AgentsApi.RoutingAsync),
        ApiRoute.Of("GET", "/api/agents/{agent}/decisions", Look, "ListDecisions", "What the triggers decided, and why.", AgentsApi.DecisionsAsync),
        ApiRoute.Of("GET", "/api/agents/{agent}/ledger", Look, "GetLedger", "Predicted against realised gain and cost, per run.", AgentsApi.LedgerAsync),
        ApiRoute.Of("GET", "/api/agents/{agent}/versions", Look, "ListVersions", "Lists the agent's versions.", VersionsApi.ListAsync),
        ApiRoute.Of("POST", "/api/agents/{agent}/versions", ApiRoles.Operate, "AddVersion",
            "Adds a version, trained on labelled texts or a model that is there already; an agent's first serves at once.", VersionsApi.AddAsync)
            with { Body = typeof(NewVersionBody) },
        ApiRoute.Of("POST", "/api/agents/{agent}/rollback", ApiRoles.Operate, "RollBack", "Makes an earlier version serve.", VersionsApi.RollbackAsync)
            with { Body = typeof(RollbackBody) },

        ApiRoute.Of("GET", "/api/agents/{agent}/golden", Look, "ListGoldenSets", "Lists the agent's golden sets.", GoldenSetsApi.ListAsync),
        ApiRoute.Of("POST", "/api/agents/{agent}/golden", ApiRoles.Operate, "PinGoldenSet",
            "Pins a golden set: items on which no candidate may be worse, and which nothing is trained on.", GoldenSetsApi.PinAsync)
            with { Body = typeof(GoldenSetBody) },

        ApiRoute.Of("POST", "/api/agents/{agent}/improvements", ApiRoles.Ingest | ApiRoles.Operate, "RequestImprovement", "Asks for an improvement.",
            ImprovementsApi.RequestAsync)
            with { Body = typeof(ImprovementBody) },
        ApiRoute.Of("GET", "/api/agents/{agent}/improvements", Look, "ListImprovements", "Lists the agent's improvement runs.", ImprovementsApi.ListAsync),
        ApiRoute.Of("GET", "/api/agents/{agent}/requests/{request}", Look, "GetRequest", "A request for an improvement, and the run that took it up.",
            ImprovementsApi.GetRequestAsync),
        ApiRoute.Of("GET", "/api/improvements/{run}", Look, "GetImprovement", "A run: stage, plan, data, report, outcome, open approvals, spend.",
            ImprovementsApi.GetAsync),
        ApiRoute.Of("POST", "/api/improvements/{run}/approval", ApiRoles.Approve, "Approve", "Answers what a run asks.", ImprovementsApi.ApproveAsync)
            with { Body = typeof(ApprovalBody) },
        ApiRoute.Of("POST", "/api/improvements/{run}/cancel", ApiRoles.Operate, "Cancel", "Cancels a run.", ImprovementsApi.CancelAsync)
            with { Body = typeof(CancelBody) },

        ApiRoute.Of("GET", "/api/agents/{agent}/audit", Look, "ListAudit", "The agent's audit log.", AuditApi.ListAsync),
        ApiRoute.Of("GET", "/api/agents/{agent}/audit/verify", Look, "VerifyAudit", "Whether the audit log is as it was written.", AuditApi.VerifyAsync),

        ApiRoute.Of("GET", "/api/inbox", Look, "ListInbox", "Lists what people are asked.", InboxApi.ListAsync),
        ApiRoute.Of("POST", "/api/inbox/answers", Look, "AnswerInboxMany", "Answers or skips many tasks.", InboxApi.AnswerManyAsync)
            with { Body = typeof(InboxAnswersBody) },
        ApiRoute.Of("POST", "/api/inbox/{agent}/{task}/answer", Look, "AnswerInbox", "Answers or skips a task.", InboxApi.AnswerAsync)
            with { Body = typeof(InboxAnswerBody) },
    ];
}
