using SelfImprove.Api.Gateway;
using SelfImprove.Api.Inbox;
using SelfImprove.Api.Ingestion;
using SelfImprove.Api.Security;
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
        ApiRoute.Hot<AgentGateway>("POST", "/v1/chat/completions", ApiRoles.Ingest, "ChatCompletions", "Asks an agent (model = its name); OpenAI-compatible.", GatewayApi.CompleteAsync),
        ApiRoute.Of("GET", "/v1/models", ApiRoles.Ingest | Look, "Models", "Lists the agents as models.", GatewayApi.ModelsAsync),

        ApiRoute.Hot<EventIngestion>("POST", "/api/agents/{agent}/interactions", ApiRoles.Ingest, "PostInteractions", "Takes in interactions that were served elsewhere.", IngestionApi.InteractionsAsync),
        ApiRoute.Hot<EventIngestion>("POST", "/api/agents/{agent}/feedback", ApiRoles.Ingest, "PostFeedback", "Takes in judgements.", IngestionApi.FeedbackAsync),
        ApiRoute.Hot<EventIngestion>("POST", "/api/agents/{agent}/events", ApiRoles.Ingest, "PostEvents", "Takes in interactions and judgements, each wrapped by its kind.", IngestionApi.EventsAsync),

        ApiRoute.Of("GET", "/api/inbox", Look, "ListInbox", "Lists what people are asked.", InboxApi.ListAsync),
        ApiRoute.Of("POST", "/api/inbox/answers", Look, "AnswerInboxMany", "Answers or skips many tasks.", InboxApi.AnswerManyAsync),
        ApiRoute.Of("POST", "/api/inbox/{agent}/{task}/answer", Look, "AnswerInbox", "Answers or skips a task.", InboxApi.AnswerAsync),
    ];
}
