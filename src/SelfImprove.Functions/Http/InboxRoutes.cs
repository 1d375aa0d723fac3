using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace SelfImprove.Functions.Http;

/// <summary>The routes of the inbox.</summary>
public static class InboxRoutes
{
    /// <summary>Lists what people are asked.</summary>
    [Function(nameof(ListInbox))]
    public static Task<IResult> ListInbox(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/inbox")] HttpRequest http,
        [DurableClient] DurableTaskClient client) =>
        http.AnswerAsync(nameof(ListInbox), client);

    /// <summary>Answers or skips many tasks.</summary>
    [Function(nameof(AnswerInboxMany))]
    public static Task<IResult> AnswerInboxMany(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/inbox/answers")] HttpRequest http,
        [DurableClient] DurableTaskClient client) =>
        http.AnswerAsync(nameof(AnswerInboxMany), client);

    /// <summary>Answers or skips a task.</summary>
    [Function(nameof(AnswerInbox))]
    public static Task<IResult> AnswerInbox(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/inbox/{agent}/{task}/answer")] HttpRequest http,
        [DurableClient] DurableTaskClient client) =>
        http.AnswerAsync(nameof(AnswerInbox), client);
}
