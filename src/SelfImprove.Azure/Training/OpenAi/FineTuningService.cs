using System.ClientModel;
using System.ClientModel.Primitives;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Identity;
using OpenAI.FineTuning;
using SelfImprove.Azure.Arm;
using SelfImprove.Orchestration;

namespace SelfImprove.Azure.Training.OpenAi;

/// <summary>
/// Files and fine-tuning jobs over the OpenAI SDK's pipeline, as JSON: Azure adds members that the SDK's types lack. Nothing is repeated here, since a job
/// that was made though its answer was lost would be made, and paid, twice; the caller looks first.
/// </summary>
internal sealed class FineTuningService
{
    private const string Scope = "https://ai.azure.com/.default";
    private const int Page = 100;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);

    private readonly Uri _url;
    private readonly ClientPipeline _pipeline;

    public FineTuningService(FineTuningSettings settings, TrainingConnections connections)
    {
        _url = settings.Url;
        // Marked as subject to change; only its pipeline is used.
#pragma warning disable OPENAI001
        var options = new FineTuningClientOptions { Endpoint = settings.Url, NetworkTimeout = Patience, RetryPolicy = new ClientRetryPolicy(0) };
        if (connections.Service is not null) options.Transport = connections.Service;
        string Key() => connections.Secret!(settings.Secret!, settings.Url);
        AuthenticationPolicy auth = settings.Auth switch
        {
            "entra" => new BearerTokenPolicy(connections.Credential, Scope),
            "api-key" => new FineTuningAuth("api-key", Key),
            "bearer" => new FineTuningAuth("Authorization", () => $"Bearer {Key()}"),
            _ => new FineTuningAuth("Authorization", () => null),
        };
        _pipeline = new FineTuningClient(auth, options).Pipeline;
#pragma warning restore OPENAI001
    }

    /// <summary>The newest usable file of a name; null where there is none.</summary>
    public async Task<JsonElement?> FileAsync(string name, CancellationToken cancellationToken)
    {
        await foreach (var file in ListAsync("files?purpose=fine-tune&order=desc", cancellationToken))
            if (Text(file, "filename") == name && Text(file, "status") is not ("error" or "failed" or "deleted")) return file;
        return null;
    }

    /// <summary>A file by its id; null where there is none.</summary>
    public Task<JsonElement?> GetFileAsync(string id, CancellationToken cancellationToken) =>
        SendAsync("GET", $"files/{Uri.EscapeDataString(id)}", null, null, cancellationToken);

    public async Task<string> UploadAsync(DatasetUpload upload, CancellationToken cancellationToken) =>
        Text(await SendAsync("POST", "files", upload, DatasetUpload.ContentType, cancellationToken), "id") ?? throw Odd("POST files", "no id of the file");

    /// <summary>The job that a filter picks, newest first; null where there is none.</summary>
    public async Task<JsonElement?> FindJobAsync(Func<JsonElement, bool> isIt, DateTimeOffset notBefore, CancellationToken cancellationToken)
    {
        await foreach (var job in ListAsync("fine_tuning/jobs?", cancellationToken))
        {
            if (isIt(job)) return job;
            if (job.TryGetProperty("created_at", out var created) && created.TryGetInt64(out var seconds)
                && seconds < notBefore.ToUnixTimeSeconds()) return null;
        }
        return null;
    }

    public async Task<string> CreateJobAsync(JsonObject body, CancellationToken cancellationToken) =>
        Text(await SendAsync("POST", "fine_tuning/jobs", BinaryContent.Create(BinaryData.FromString(body.ToJsonString())), "application/json",
            cancellationToken), "id")
        ?? throw Odd("POST fine_tuning/jobs", "no id of the job");

    public Task<JsonElement?> JobAsync(string id, CancellationToken cancellationToken) => SendAsync("GET", JobPath(id), null, null, cancellationToken);

    public Task<JsonElement?> CancelAsync(string id, CancellationToken cancellationToken) =>
        SendAsync("POST", $"{JobPath(id)}/cancel", null, null, cancellationToken);

    /// <summary>The last events of a job, newest first; empty where the service has none.</summary>
    public Task<IReadOnlyList<JsonElement>> EventsAsync(string id, CancellationToken cancellationToken) =>
        OneAsync($"{JobPath(id)}/events?limit=20", cancellationToken);

    /// <summary>The checkpoints of a job, newest first; empty where the service has none.</summary>
    public Task<IReadOnlyList<JsonElement>> CheckpointsAsync(string id, CancellationToken cancellationToken) =>
        OneAsync($"{JobPath(id)}/checkpoints?limit=20", cancellationToken);

    internal static string? Text(JsonElement? element, string name) =>
        element is { ValueKind: JsonValueKind.Object } found && found.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            && value.GetString() is { Length: > 0 } text ? text : null;

    private static string JobPath(string id) => $"fine_tuning/jobs/{Uri.EscapeDataString(id)}";

    private async Task<IReadOnlyList<JsonElement>> OneAsync(string path, CancellationToken cancellationToken) =>
        await SendAsync("GET", path, null, null, cancellationToken) is { ValueKind: JsonValueKind.Object } page && page.TryGetProperty("data", out var data)
            && data.ValueKind == JsonValueKind.Array
            ? [.. data.EnumerateArray()]
            : [];

    private async IAsyncEnumerable<JsonElement> ListAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? after = null;
        while (true)
        {
            var page = await SendAsync("GET", $"{path}&limit={Page}" + (after is null ? "" : $"&after={Uri.EscapeDataString(after)}"), null, null,
                cancellationToken);
            if (page is not { ValueKind: JsonValueKind.Object } found || !found.TryGetProperty("data", out var data)
                || data.ValueKind != JsonValueKind.Array) yield break;
            var last = after;
            foreach (var item in data.EnumerateArray())
            {
                last = Text(item, "id") ?? last;
                yield return item;
            }
            if (!found.TryGetProperty("has_more", out var more) || more.ValueKind != JsonValueKind.True || last == after) yield break;
            after = last;
        }
    }

    /// <summary>Sends a request; null where the service answers 404.</summary>
    private async Task<JsonElement?> SendAsync(string method, string path, BinaryContent? content, string? type, CancellationToken cancellationToken)
    {
        using var message = _pipeline.CreateMessage();
        message.Request.Method = method;
        message.Request.Uri = new Uri(_url, path.Replace("?&", "?", StringComparison.Ordinal));
        message.Request.Headers.Set("Accept", "application/json");
        if (content is not null)
        {
            message.Request.Content = content;
            message.Request.Headers.Set("Content-Type", type!);
        }
        message.Apply(new RequestOptions { CancellationToken = cancellationToken, ErrorOptions = ClientErrorBehaviors.NoThrow });
        var call = $"{method} {path.Split('?')[0]}";
        try
        {
            await _pipeline.SendAsync(message);
        }
        catch (CredentialUnavailableException none)
        {
            throw new FineTuningRefusedException($"There is no credential for {_url.Host}: {none.Message}", ArmErrorKind.Denied);
        }
        catch (Exception lost) when (lost is ClientResultException or AggregateException or AuthenticationFailedException or IOException or HttpRequestException
            || (lost is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new TransientException($"{_url.Host} did not answer {call}: {lost.Message}", lost);
        }
        var response = message.Response!;
        JsonElement? body = null;
        try
        {
            if (response.Content.ToMemory().Length > 0) body = JsonDocument.Parse(response.Content.ToMemory()).RootElement;
        }
        catch (JsonException) when (response.Status >= 400)
        {
            // A gateway's page in place of an answer: the status says enough.
        }
        catch (JsonException garbage)
        {
            throw new TransientException($"{_url.Host} answered {call} with something that is no JSON: {garbage.Message}", garbage);
        }
        if (response.Status < 300) return body;
        if (response.Status == 404 && method == "GET") return null;
        var error = ArmError.From(response.Status, body);
        // OpenAI says what the account lacks with 429, too: waiting does not mend that.
        var kind = error.Code is "insufficient_quota" or "billing_hard_limit_reached" ? ArmErrorKind.Quota : error.Kind;
        var text = string.Create(CultureInfo.InvariantCulture, $"{_url.Host} answered {response.Status} to {call}: {(error with { Kind = kind }).ForPeople}");
        throw kind is ArmErrorKind.Throttled or ArmErrorKind.Unavailable ? new TransientException(text) : new FineTuningRefusedException(text, kind);
    }

    private TransientException Odd(string call, string what) => new($"{_url.Host} answered {call} with {what}.");
}
