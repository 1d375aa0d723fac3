using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace SelfImprove.Api.Problems;

/// <summary>A problem in the form that OpenAI's clients read: <c>{"error":{"message","type","param","code"}}</c>.</summary>
internal static class OpenAiError
{
    public static async Task WriteAsync(HttpResponse response, ApiProblem problem)
    {
        response.ContentType = "application/json";
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
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
        await response.Body.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), response.HttpContext.RequestAborted);
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
