using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace SelfImprove.Functions.Http;

/// <summary>The routes of ingestion.</summary>
public static class IngestionRoutes
{
    /// <summary>Takes in interactions that were served elsewhere.</summary>
    [Function(nameof(PostInteractions))]
    public static Task<IResult> PostInteractions(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/agents/{agent}/interactions")] HttpRequest http) =>
        http.AnswerAsync(nameof(PostInteractions));

    /// <summary>Takes in judgements.</summary>
    [Function(nameof(PostFeedback))]
    public static Task<IResult> PostFeedback(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/agents/{agent}/feedback")] HttpRequest http) =>
        http.AnswerAsync(nameof(PostFeedback));

    /// <summary>Takes in interactions and judgements, each wrapped by its kind.</summary>
    [Function(nameof(PostEvents))]
    public static Task<IResult> PostEvents(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/agents/{agent}/events")] HttpRequest http) =>
        http.AnswerAsync(nameof(PostEvents));
}
