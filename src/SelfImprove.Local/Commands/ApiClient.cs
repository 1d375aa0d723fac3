using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using SelfImprove.Orchestration;

namespace SelfImprove.Local.Commands;

/// <summary>Calls the API; what it refuses becomes a <see cref="CommandException"/> with the API's own words.</summary>
/// <param name="http">The client; the base address ends in a slash.</param>
public sealed class ApiClient(HttpClient http)
{
    /// <summary>GET.</summary>
    public Task<T> GetAsync<T>(string path, CancellationToken cancellationToken) => SendAsync<T>(new HttpRequestMessage(HttpMethod.Get, path), cancellationToken);

    /// <summary>POST of a JSON body.</summary>
    public Task<T> PostAsync<T>(string path, object body, CancellationToken cancellationToken) =>
        SendAsync<T>(new HttpRequestMessage(HttpMethod.Post, path) { Content = Content(JsonSerializer.SerializeToUtf8Bytes(body, SeamJson.Options), "application/json") }, cancellationToken);

    /// <summary>PUT of a text as it is.</summary>
    public Task<T> PutAsync<T>(string path, string text, string mediaType, CancellationToken cancellationToken) =>
        SendAsync<T>(new HttpRequestMessage(HttpMethod.Put, path) { Content = Content(Encoding.UTF8.GetBytes(text), mediaType) }, cancellationToken);

    private static ByteArrayContent Content(byte[] bytes, string mediaType) => new(bytes) { Headers = { ContentType = new MediaTypeHeaderValue(mediaType) } };

    private async Task<T> SendAsync<T>(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using (request)
        {
            using var response = await SendAsync(request, cancellationToken);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            if (!response.IsSuccessStatusCode) throw new CommandException(Words(body, (int)response.StatusCode));
            return JsonSerializer.Deserialize<T>(body, SeamJson.Options) ?? throw new CommandException($"{request.RequestUri} answered nothing.");
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await http.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException unreachable)
        {
            throw new CommandException($"The host at {http.BaseAddress} does not answer: {unreachable.Message}");
        }
    }

    private static string Words(byte[] body, int status)
    {
        try
        {
            var problem = JsonSerializer.Deserialize<JsonElement>(body);
            var words = Text(problem, "detail") ?? Text(problem, "title") ?? $"The host answered {status}.";
            if (status == 401) words = "The host asks for an API key: give it with --key, or in the environment variable SELFIMPROVE_KEY.";
            if (!problem.TryGetProperty("errors", out var errors) || errors.ValueKind != JsonValueKind.Array) return words;
            return words + string.Concat(errors.EnumerateArray().Where(e => !words.Contains(Text(e, "message") ?? "", StringComparison.Ordinal)).Select(e =>
                $"\n  {(e.TryGetProperty("line", out var line) ? $"line {line}: " : "")}{(Text(e, "path") is { Length: > 0 } path ? path + ": " : "")}{Text(e, "message")}"));
        }
        catch (JsonException)
        {
            return $"The host answered {status}.";
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
