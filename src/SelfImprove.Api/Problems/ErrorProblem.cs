using System.Text.Json;
using Microsoft.AspNetCore.Http;
using SelfImprove.Monitoring.Log;
using SelfImprove.Orchestration;
using SelfImprove.Storage;

namespace SelfImprove.Api.Problems;

/// <summary>What an exception or a bare status becomes.</summary>
internal static class ErrorProblem
{
    /// <summary>Of an exception. What is not foreseen gives a 500 that tells nothing of the inside.</summary>
    public static ApiProblem Of(Exception exception) => exception switch
    {
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => Of(StatusCodes.Status413PayloadTooLarge, null)!,
        BadHttpRequestException bad => new ApiProblem(bad.StatusCode, "bad-request", "The request is not valid HTTP, or a value in its address is not allowed.", bad.Message),
        JsonException json => ApiProblems.Malformed($"The body is no valid JSON: {json.Message}"),
        EventLogFullException full => ApiProblems.Unavailable(full.Message),
        EventLogWriteException { InnerException: StorageException storage } => ApiProblems.Unavailable(
            $"The events could not be stored: nothing is acknowledged. Sending all again is safe. {storage.Message}", 5),
        EventLogWriteException => ApiProblems.Unavailable("The events could not be stored: nothing is acknowledged. Sending all again is safe."),
        TransientException transient => ApiProblems.Unavailable(transient.Message),
        StorageException storage => new ApiProblem(StatusCodes.Status503ServiceUnavailable, "storage", "The store failed.", storage.Message) { RetryAfter = 5 },
        _ => new ApiProblem(StatusCodes.Status500InternalServerError, "internal", "Something went wrong inside.", "The host's log has the details; the request may be tried again."),
    };

    /// <summary>Of a status that routing gave without a body; null where it is no error.</summary>
    public static ApiProblem? Of(int status, string? path) => status switch
    {
        < 400 => null,
        StatusCodes.Status404NotFound => new ApiProblem(status, "not-found", "There is nothing at this address.", $"There is nothing at {ApiProblems.Short(path ?? "")}. /openapi/v1.json lists what there is."),
        StatusCodes.Status405MethodNotAllowed => new ApiProblem(status, "method-not-allowed", "This address does not take this method.", "The Allow header names those it takes."),
        StatusCodes.Status413PayloadTooLarge => ApiProblems.TooLarge($"A body may have at most {Bodies.JsonBody.MaxBytes} bytes; send less at a time."),
        StatusCodes.Status415UnsupportedMediaType => new ApiProblem(
            status, "unsupported-media-type", "The body's media type is not taken here.", "Expected Content-Type: application/json (events also application/x-ndjson, manifests also application/yaml), not compressed."),
        >= 500 => new ApiProblem(status, "internal", "Something went wrong inside."),
        _ => new ApiProblem(status, "bad-request", "The request is not valid."),
    };
}
