using Microsoft.AspNetCore.Http;

namespace SelfImprove.Api.Problems;

/// <summary>The errors that more than one handler gives.</summary>
public static class ApiProblems
{
    /// <summary>There is no such agent.</summary>
    public static ApiProblem UnknownAgent(string agent) =>
        new(StatusCodes.Status404NotFound, "unknown-agent", "There is no such agent.",
            $"There is no agent '{Short(agent)}'. GET /api/agents lists those there are.");

    /// <summary>There is no such run.</summary>
    public static ApiProblem UnknownRun(string run) =>
        new(StatusCodes.Status404NotFound, "unknown-run", "There is no such run.",
            $"There is no improvement run '{Short(run)}'. GET /api/agents/{{agent}}/improvements lists an agent's.");

    /// <summary>The body is no JSON, or not of the expected form.</summary>
    public static ApiProblem Malformed(string detail, string path = "") =>
        new(StatusCodes.Status400BadRequest, "malformed-body", "The body is not what is expected here.", detail)
        {
            Errors = path.Length == 0 ? null : [new ApiMistake(path, detail)],
        };

    /// <summary>Something in the address or the body is not allowed.</summary>
    public static ApiProblem Invalid(string detail, string path = "") =>
        new(StatusCodes.Status400BadRequest, "invalid-value", "A value is not allowed.", detail)
        {
            Errors = path.Length == 0 ? null : [new ApiMistake(path, detail)],
        };

    /// <summary>The body is too long.</summary>
    public static ApiProblem TooLarge(string detail) => new(StatusCodes.Status413PayloadTooLarge, "too-large", "The body is too large.", detail);

    /// <summary>What was asked can't be done as things stand.</summary>
    public static ApiProblem Conflict(string detail) => new(StatusCodes.Status409Conflict, "conflict", "This can't be done as things stand.", detail);

    /// <summary>For now it can't be done.</summary>
    public static ApiProblem Unavailable(string detail, int retryAfter = 1) =>
        new(StatusCodes.Status503ServiceUnavailable, "unavailable", "Not available for now.", detail) { RetryAfter = retryAfter };

    /// <summary>A client's text, cut short for a message.</summary>
    internal static string Short(string text) => text.Length <= 60 ? text : text[..60] + "...";
}
