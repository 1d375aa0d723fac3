using System.Text.Json;
using Microsoft.AspNetCore.Http;
using SelfImprove.Api.Gateway;

namespace SelfImprove.Api.Problems;

/// <summary>A problem in the form that OpenAI's clients read: <c>{"error":{"message","type","param","code"}}</c>.</summary>
internal static class OpenAiError
{
    public static async Task WriteAsync(HttpResponse response, ApiProblem problem)
    {
        ChatHeaders.NameRequest(response);
        response.ContentType = "application/json";
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer)) Write(json, problem);
        await response.Body.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), response.HttpContext.RequestAborted);
    }

    /// <summary>The body alone: also what a stream that breaks off ends with.</summary>
    public static void Write(Utf8JsonWriter json, ApiProblem problem)
    {
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteString("message", problem.Detail ?? problem.Title);
        json.WriteString("type", TypeOf(problem.Status));
        if (problem.Errors is [{ Path.Length: > 0 } first, ..]) json.WriteString("param", first.Path);
        else json.WriteNull("param");
        json.WriteString("code", problem.Code.Replace('-', '_'));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string TypeOf(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => "authentication_error",
        StatusCodes.Status403Forbidden => "permission_error",
        StatusCodes.Status429TooManyRequests => "rate_limit_error",
        >= 500 => "server_error",
        _ => "invalid_request_error",
    };
}
