using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using SelfImprove.Azure.Outbound;
using SelfImprove.Azure.Secrets;
using SelfImprove.Evaluation.Scoring.Services;
using SelfImprove.Orchestration;

namespace SelfImprove.Azure.Scoring;

/// <summary>
/// Asks scoring services over HTTP: a POST to <c>{url}score</c> of <c>{"items":[{"id","input","expected","answer"}]}</c>, answered by <c>{"scores":[{"id","score"}]}</c> with one score in
/// [0,1] for each id. Under the rules of all that goes out: the configured host only, checked addresses, no redirects, bounded size and time.
/// </summary>
/// <param name="settings">The services.</param>
/// <param name="secrets">Their keys.</param>
/// <param name="outbound">Makes the clients.</param>
public sealed class ScoringServices(ScoringSettings settings, SecretBook secrets, OutboundHttp outbound) : IScoringService, IDisposable
{
    private const long LongestAnswer = 4 * 1024 * 1024;
    private const int LongestQuote = 200;
    private readonly ConcurrentDictionary<string, Lazy<HttpClient>> _clients = new(StringComparer.Ordinal);

    /// <inheritdoc />
    public async Task<IReadOnlyList<double>> ScoreAsync(string service, IReadOnlyList<ScoringQuestion> questions, CancellationToken cancellationToken = default)
    {
        if (!settings.Services.TryGetValue(service, out var known))
            throw new ArgumentException(
                $"The host's configuration has no scoring service '{service}'. {(settings.Services.Count == 0 ? "The section scoring.services lists none." : $"There are: {string.Join(", ", settings.Services.Keys.Order(StringComparer.Ordinal))}.")}",
                nameof(service));
        if (questions.Count == 0) return [];
        var body = JsonSerializer.SerializeToUtf8Bytes(new { Items = questions }, SeamJson.Options);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(known.Url, "score")) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (known.Secret is { } secret) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secrets.For(secret, known.Url));
        return Read(known, questions, await SendAsync(known, request, cancellationToken));
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var client in _clients.Values.Where(c => c.IsValueCreated)) client.Value.Dispose();
    }

    private async Task<byte[]> SendAsync(ScoringServiceSettings service, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var client = _clients.GetOrAdd(service.Name, _ => new Lazy<HttpClient>(() => outbound.CreateClient(
            OutboundRules.For(service.Url, service.AllowPrivate) with { MaxResponseBytes = LongestAnswer, Timeout = service.Timeout }))).Value;
        try
        {
            using var response = await client.SendAsync(request, cancellationToken);
            var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            if (response.IsSuccessStatusCode) return bytes;
            var message = $"The scoring service '{service.Name}' answered {(int)response.StatusCode}: {Quote(bytes)}";
            throw response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError
                ? new TransientException(message) : new InvalidDataException(message);
        }
        catch (HttpRequestException e) when (e.InnerException is not OutboundRefusedException)
        {
            throw new TransientException($"The scoring service '{service.Name}' can't be reached: {secrets.Redact(e.Message)}", e);
        }
        catch (Exception e) when (e is TimeoutException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new TransientException($"The scoring service '{service.Name}' took longer than {service.Timeout}.", e);
        }
    }

    private List<double> Read(ScoringServiceSettings service, IReadOnlyList<ScoringQuestion> questions, byte[] bytes)
    {
        const string Expected = "expected {\"scores\":[{\"id\":\"..\",\"score\":0.5}]} with a score in [0,1] for each id";
        Scores? answer;
        try
        {
            answer = JsonSerializer.Deserialize<Scores>(bytes, SeamJson.Options);
        }
        catch (JsonException)
        {
            answer = null;
        }
        if (answer?.Items is null || answer.Items.Any(s => s is null)) throw Wrong("no such JSON");
        var byId = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var score in answer.Items)
        {
            if (score.Score is not (>= 0 and <= 1)) throw Wrong($"the score {score.Score:R} of '{Short(score.Id)}'");
            if (score.Id is null || !byId.TryAdd(score.Id, score.Score.Value)) throw Wrong($"the id '{Short(score.Id)}' twice, or no id");
        }
        var missing = questions.FirstOrDefault(q => !byId.ContainsKey(q.Id));
        return missing is null ? [.. questions.Select(q => byId[q.Id])] : throw Wrong($"no score of '{missing.Id}'");

        InvalidDataException Wrong(string found) => new($"The scoring service '{service.Name}' answered with {found}; {Expected}.");
    }

    private string Quote(byte[] bytes)
    {
        var text = secrets.Redact(Encoding.UTF8.GetString(bytes.AsSpan(0, Math.Min(bytes.Length, LongestQuote * 4))));
        return text.Length == 0 ? "(nothing)" : text.Length <= LongestQuote ? text : text[..LongestQuote] + "...";
    }

    private static string Short(string? id) => id is null ? "" : id.Length <= 60 ? id : id[..60] + "...";

    private sealed record Scores([property: System.Text.Json.Serialization.JsonPropertyName("scores")] IReadOnlyList<OneScore>? Items);

    private sealed record OneScore(string? Id, double? Score);
}
