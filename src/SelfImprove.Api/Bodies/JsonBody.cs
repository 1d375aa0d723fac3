using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using SelfImprove.Api.Problems;
using SelfImprove.Orchestration;

namespace SelfImprove.Api.Bodies;

/// <summary>Reads bodies, bounded in length and depth.</summary>
public static class JsonBody
{
    /// <summary>The most bytes of a body.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    /// <summary>The deepest nesting.</summary>
    public const int MaxDepth = 32;

    private static readonly JsonSerializerOptions Json = Options();

    /// <summary>
    /// Reads the whole body and gives it to <paramref name="use"/>, which must be done with it when its task ends: where the body came in one
    /// piece, it gets the connection's own buffer.
    /// </summary>
    /// <returns>False where the body is too long; <paramref name="use"/> was not called.</returns>
    public static async Task<bool> UseAsync<TState>(HttpContext http, TState state, Func<HttpContext, TState, ReadOnlyMemory<byte>, Task> use)
    {
        if (http.Request.ContentLength > MaxBytes) return Refuse(http);
        var reader = http.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(http.RequestAborted);
            var buffer = read.Buffer;
            if (buffer.Length > MaxBytes)
            {
                reader.AdvanceTo(buffer.End);
                return Refuse(http);
            }
            if (!read.IsCompleted)
            {
                if (buffer.Length < http.Request.ContentLength || http.Request.ContentLength is null)
                {
                    reader.AdvanceTo(buffer.Start, buffer.End);
                    continue;
                }
            }
            try
            {
                if (buffer.IsSingleSegment) await use(http, state, buffer.First);
                else await UseCopyAsync(http, state, buffer, use);
            }
            finally
            {
                // Also where it failed: a body that was not taken would cost the client its connection, and the next request on it.
                reader.AdvanceTo(buffer.End);
            }
            return true;
        }
    }

    /// <summary>What is left of the body may cost the connection: the client is told, so that it sends nothing more on it.</summary>
    private static bool Refuse(HttpContext http)
    {
        if (!http.Response.HasStarted && HttpProtocol.IsHttp11(http.Request.Protocol)) http.Response.Headers.Connection = "close";
        return false;
    }

    private static async Task UseCopyAsync<TState>(
        HttpContext http, TState state, ReadOnlySequence<byte> buffer, Func<HttpContext, TState, ReadOnlyMemory<byte>, Task> use)
    {
        var rented = ArrayPool<byte>.Shared.Rent((int)buffer.Length);
        try
        {
            buffer.CopyTo(rented);
            await use(http, state, rented.AsMemory(0, (int)buffer.Length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Reads a JSON value; the problem where it is none, or not of this form.</summary>
    public static async Task<(T? Value, ApiProblem? Problem)> ReadAsync<T>(HttpContext http) where T : class
    {
        var box = new Box<T>();
        var whole = await UseAsync(http, box, static (_, box, bytes) =>
        {
            (box.Value, box.Problem) = Parse<T>(bytes.Span);
            return Task.CompletedTask;
        });
        return whole ? (box.Value, box.Problem) : (null, ErrorProblem.Of(StatusCodes.Status413PayloadTooLarge, null));
    }

    /// <summary>Reads a JSON value that may be left out: an empty body gives the default.</summary>
    public static async Task<(T? Value, ApiProblem? Problem)> ReadOptionalAsync<T>(HttpContext http) where T : class, new() =>
        http.Request.ContentLength is 0 || (http.Request.ContentLength is null && http.Request.Headers.TransferEncoding.Count == 0)
            ? (new T(), null)
            : await ReadAsync<T>(http);

    private static (T?, ApiProblem?) Parse<T>(ReadOnlySpan<byte> bytes) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(bytes, Json) is { } value
                ? (value, null)
                : (null, ApiProblems.Malformed("The body is null; a JSON object is expected."));
        }
        catch (JsonException wrong)
        {
            var path = wrong.Path is null or "$" ? "" : wrong.Path.TrimStart('$').TrimStart('.');
            return (null, ApiProblems.Malformed($"The body is not what is expected{(path.Length == 0 ? "" : " at " + path)}: {Reason<T>(wrong)}", path));
        }
    }

    /// <summary>The serializer's words where they are for people; its .NET names are not.</summary>
    private static string Reason<T>(JsonException wrong)
    {
        var properties = Json.GetTypeInfo(typeof(T)).Properties;
        if (wrong.Message.Contains("could not be mapped", StringComparison.Ordinal))
            return wrong.Path?.LastIndexOf('.') is 1
                ? $"there is no such property; expected are {string.Join(", ", properties.Select(p => p.Name))}."
                : "there is no such property.";
        return wrong.Message.Contains("missing required properties", StringComparison.Ordinal) && wrong.Path is null or "$"
            ? $"it needs {string.Join(", ", properties.Where(p => p.IsRequired).Select(p => p.Name))}."
            : FirstSentence(wrong.Message);
    }

    private static string FirstSentence(string message) => message.Split(" Path:", 2)[0].Split(" LineNumber:", 2)[0];

    private static JsonSerializerOptions Options()
    {
        var options = new JsonSerializerOptions(SeamJson.Options)
        {
            MaxDepth = MaxDepth,
            NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.Strict,
            AllowDuplicateProperties = false,
            UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    private sealed class Box<T>
    {
        public T? Value { get; set; }

        public ApiProblem? Problem { get; set; }
    }
}
