using Microsoft.AspNetCore.Http;
using SelfImprove.Api.Bodies;
using SelfImprove.Api.Problems;
using SelfImprove.Monitoring.Ingestion;

namespace SelfImprove.Api.Ingestion;

/// <summary>
/// Takes events in: one JSON object, an array of them, or NDJSON. The answer comes after every event told as accepted is on stable storage. 202: all
/// were taken (or came before); 207: of several, some were not; one event alone that is not valid gives 400, one that contradicts an earlier one 409.
/// </summary>
public static class IngestionApi
{
    private const int MultiStatus = StatusCodes.Status207MultiStatus;

    /// <summary><c>POST /api/agents/{agent}/interactions</c>.</summary>
    public static Task InteractionsAsync(HttpContext http, EventIngestion ingestion) => TakeAsync(http, ingestion, IngestKind.Interactions);

    /// <summary><c>POST /api/agents/{agent}/feedback</c>.</summary>
    public static Task FeedbackAsync(HttpContext http, EventIngestion ingestion) => TakeAsync(http, ingestion, IngestKind.Feedback);

    /// <summary><c>POST /api/agents/{agent}/events</c>: both, each wrapped by its kind.</summary>
    public static Task EventsAsync(HttpContext http, EventIngestion ingestion) => TakeAsync(http, ingestion, IngestKind.Events);

    private static async Task TakeAsync(HttpContext http, EventIngestion ingestion, IngestKind kind)
    {
        var whole = await JsonBody.UseAsync(http, (ingestion, kind), static async (http, to, body) =>
        {
            var agent = (string)http.Request.RouteValues["agent"]!;
            var result = await to.ingestion.IngestAsync(agent, body, to.kind, FormatOf(http.Request), http.RequestAborted);
            await AnswerAsync(http, agent, result);
        });
        if (!whole) await ErrorProblem.Of(StatusCodes.Status413PayloadTooLarge, null)!.ExecuteAsync(http);
    }

    private static IngestFormat FormatOf(HttpRequest request) =>
        request.ContentType is { } type && (type.Contains("ndjson", StringComparison.OrdinalIgnoreCase) || type.Contains("jsonl", StringComparison.OrdinalIgnoreCase))
            ? IngestFormat.Ndjson
            : IngestFormat.Json;

    private static Task AnswerAsync(HttpContext http, string agent, IngestResult result)
    {
        if (ProblemOf(agent, result) is { } refused) return refused.ExecuteAsync(http);
        var good = true;
        foreach (var outcome in result.Events) good &= outcome.Status is EventStatus.Accepted or EventStatus.Duplicate;
        if (!good && result.Events is [var single])
        {
            var problem = single.Status == EventStatus.Conflict
                ? new ApiProblem(StatusCodes.Status409Conflict, "event-conflict", "Another event has this id.", single.Detail) { Events = result.Events }
                : new ApiProblem(StatusCodes.Status400BadRequest, "event-rejected", "The event is not valid.", single.Detail) { Events = result.Events };
            return problem.ExecuteAsync(http);
        }
        return IngestionAnswer.WriteAsync(http.Response, good ? StatusCodes.Status202Accepted : MultiStatus, result);
    }

    private static ApiProblem? ProblemOf(string agent, IngestResult result) => result.Refusal switch
    {
        IngestRefusal.None => null,
        IngestRefusal.UnknownAgent => ApiProblems.UnknownAgent(agent),
        IngestRefusal.TooLarge => ApiProblems.TooLarge(result.Detail!),
        IngestRefusal.Malformed => ApiProblems.Malformed(result.Detail!),
        _ => ApiProblems.Unavailable(result.Detail!),
    };
}
