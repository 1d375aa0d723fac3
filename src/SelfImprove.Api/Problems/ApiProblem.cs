using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using SelfImprove.Orchestration;

namespace SelfImprove.Api.Problems;

/// <summary>
/// An error as clients get it: <c>application/problem+json</c> (RFC 9457), or on <c>/v1</c> the form that OpenAI's clients read. Its type is
/// stable: programs may tell errors apart by it; title and detail are for people.
/// </summary>
public sealed class ApiProblem : IResult, IStatusCodeHttpResult, IEndpointMetadataProvider
{
    /// <summary>What every type begins with.</summary>
    public const string TypePrefix = "urn:selfimprove:problem:";

    /// <summary>Its media type.</summary>
    public const string MediaType = "application/problem+json";

    private static readonly JsonSerializerOptions Json = SeamJson.Options;

    /// <summary>An error.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="code">The last part of the type: <c>unknown-agent</c>.</param>
    /// <param name="title">What kind of error, the same for all of the type.</param>
    /// <param name="detail">What was wrong here, and what to do; null where the title says it all.</param>
    public ApiProblem(int status, string code, string title, string? detail = null) => (Status, Code, Title, Detail) = (status, code, title, detail);

    /// <summary>The HTTP status.</summary>
    public int Status { get; }

    /// <summary>The last part of <see cref="Type"/>.</summary>
    [JsonIgnore]
    public string Code { get; }

    /// <summary>The stable type.</summary>
    public string Type => TypePrefix + Code;

    /// <summary>What kind of error.</summary>
    public string Title { get; }

    /// <summary>What was wrong here, and what to do.</summary>
    public string? Detail { get; }

    /// <summary>All mistakes, where there may be several; null otherwise.</summary>
    public IReadOnlyList<ApiMistake>? Errors { get; init; }

    /// <summary>Of a body of events: what became of each; null otherwise.</summary>
    public object? Events { get; init; }

    /// <summary>After how many seconds to try again; null where that is of no use.</summary>
    [JsonIgnore]
    public int? RetryAfter { get; init; }

    int? IStatusCodeHttpResult.StatusCode => Status;

    /// <inheritdoc/>
    public static void PopulateMetadata(System.Reflection.MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status400BadRequest, typeof(ApiProblem), [MediaType]));

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Status;
        response.Headers.CacheControl = "no-store";
        if (RetryAfter is { } seconds) response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (httpContext.Request.Path.StartsWithSegments("/v1")) return OpenAiError.WriteAsync(response, this);
        response.ContentType = MediaType;
        return response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(this, Json), httpContext.RequestAborted).AsTask();
    }
}

/// <summary>One of several mistakes.</summary>
/// <param name="Path">Where: <c>teachers[1].price</c>; empty for the whole.</param>
/// <param name="Message">What is wrong and what was expected.</param>
/// <param name="Line">The line of the text, from 1, where known.</param>
public sealed record ApiMistake(string Path, string Message, int? Line = null);
