using System.ClientModel;
using System.Text.Json;
using Azure.Identity;
using SelfImprove.Azure.Outbound;
using SelfImprove.Azure.Secrets;

namespace SelfImprove.Azure.Models;

/// <summary>
/// Tells what an exception of the SDK, the transport or the credential means, in words for people. What a server says is foreign text: cut, and without
/// secrets, for a server may repeat the key it was sent; exceptions of the SDK hold it whole and are not passed on.
/// </summary>
internal sealed class FailureReader(ModelEndpointSettings endpoint, string model, SecretBook secrets, TimeProvider clock)
{
    private const int Most = 300;

    private string Who => $"The model endpoint '{endpoint.Name}' ({endpoint.Url.Authority}, model '{model}')";

    /// <summary>The failure; null where the exception is somebody else's: a cancelled call, a mistake in the question, a bug.</summary>
    public EndpointFailure? Read(Exception e, bool timedOut, TimeSpan after) => e switch
    {
        EndpointFailure failure => failure,
        OperationCanceledException when timedOut => new EndpointFailure(FailureKind.Broken, $"{Who} did not answer within {after}."),
        AnswerTooLargeException large => new EndpointFailure(FailureKind.BadQuestion, $"{Who}: {large.Message}"),
        OutboundRefusedException refused => new EndpointFailure(FailureKind.Unusable, $"{Who}: {refused.Message}"),
        SecretRefusedException refused => new EndpointFailure(FailureKind.Unusable, $"{Who}: {refused.Message}"),
        CredentialUnavailableException => new EndpointFailure(FailureKind.Unusable,
            $"{Who} takes Entra ID tokens, but this host has no identity. Give it a managed identity, or sign in with 'az login' or 'azd auth login'."),
        AuthenticationFailedException failed => new EndpointFailure(FailureKind.Unreached, $"{Who}: no Entra ID token was given: {Foreign(failed.Message)}"),
        ClientResultException { Status: > 0 } answered => OfStatus(answered),
        ClientResultException { InnerException: IOException or null } => Half(e),
        ClientResultException { InnerException: { } inner } => Read(inner, timedOut, after) ?? Half(e),
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError } =>
            new EndpointFailure(FailureKind.Unreached, $"{Who} can't be reached: {Foreign(e.Message)}"),
        HttpRequestException => Half(e),
        AggregateException { InnerException: { } inner } => Read(inner, timedOut, after),
        IOException => Half(e),
        _ => null,
    };

    /// <summary>The failure of an answer that could not be read.</summary>
    public EndpointFailure Garbage(Exception e) =>
        new(FailureKind.Broken, $"{Who} answered with something that is no chat completion ({e.GetType().Name}). Does the address end in the API's path, such as /v1/?");

    /// <summary>The failure of an answer that broke off.</summary>
    public EndpointFailure Half(Exception? e = null) => new(FailureKind.Broken, $"{Who} broke its answer off.{(e is null ? "" : $" {Foreign(e.Message)}")}");

    private EndpointFailure OfStatus(ClientResultException e)
    {
        var response = e.GetRawResponse();
        string? Header(string name) => response is not null && response.Headers.TryGetValue(name, out var value) ? value : null;
        var (code, said) = Error(response?.Content);
        var reason = $"{e.Status}{(code is null ? "" : $" {code}")}{(said is null ? "" : $": {said}")}";
        EndpointFailure Fail(FailureKind kind, string text) => new(kind, text, RateLimitHeaders.RetryAfter(Header, clock.GetUtcNow()));
        return e.Status switch
        {
            400 or 422 when code is "content_filter" or "content_policy_violation" =>
                Fail(FailureKind.Refused, $"The content filter of the endpoint '{endpoint.Name}' refused the question{(said is null ? "." : $": {said}")}"),
            401 => Fail(FailureKind.Unusable, $"{Who} does not accept the credential (401{(code is null ? "" : $" {code}")}). {Credential}"),
            403 => Fail(FailureKind.Unusable,
                $"{Who} forbids the call (403{(code is null ? "" : $" {code}")}). "
                + "The identity needs the role 'Cognitive Services OpenAI User' on Azure, the network rules must let this host in, and a key must be allowed this model."),
            404 => Fail(FailureKind.Unusable,
                $"{Who} knows no such model or path ({reason}). Is '{model}' deployed there under this name, "
                + "and does the address end in the API's path, such as /openai/v1/ on Azure?"),
            429 when code is "insufficient_quota" or "billing_hard_limit_reached" =>
                Fail(FailureKind.Unusable, $"{Who}: the account's quota is used up ({code}). Raise its limit or pay its bill; waiting does not help."),
            429 => Fail(FailureKind.Busy, $"{Who} is asked too often ({reason})."),
            503 or 529 => Fail(FailureKind.Busy, $"{Who} is overloaded ({reason})."),
            408 or 409 or 425 or 500 or 502 or 504 => Fail(FailureKind.Broken, $"{Who} failed ({reason})."),
            >= 300 and < 400 => Fail(FailureKind.Unusable,
                $"{Who} redirects{(Uri.TryCreate(endpoint.Url, Header("location"), out var to) ? $" to {to.Authority}" : "")} ({e.Status}). "
                + "Redirects are not followed; set the final address as its url."),
            >= 500 => Fail(FailureKind.Broken, $"{Who} failed ({reason})."),
            _ => Fail(FailureKind.BadQuestion, $"{Who} refuses the question ({reason})."),
        };
    }

    private string Credential => endpoint.Auth switch
    {
        EndpointAuth.Entra => "Is the endpoint in the tenant of the host's identity?",
        EndpointAuth.None => $"None was sent: set models:endpoints:{endpoint.Name}:auth.",
        _ => $"Check the value of the secret '{endpoint.Secret}', and whether auth is right: api-key for Azure OpenAI, bearer for others.",
    };

    private (string? Code, string? Message) Error(BinaryData? content)
    {
        try
        {
            if (content is null) return (null, null);
            using var json = JsonDocument.Parse(content);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("error", out var error)) return (null, null);
            if (error.ValueKind != JsonValueKind.Object) return (null, error.ValueKind == JsonValueKind.String ? Foreign(error.GetString()!) : null);
            var code = Text(error, "code") ?? Text(error, "type");
            return (code is null ? null : Foreign(code), Text(error, "message") is { } message ? Foreign(message) : null);
        }
        catch (JsonException)
        {
            return (null, null);
        }
    }

    private static string? Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String or JsonValueKind.Number && value.ToString() is { Length: > 0 } text
            ? text
            : null;

    private string Foreign(string text)
    {
        var clean = string.Concat(secrets.Redact(text).Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        return clean.Length <= Most ? clean : clean[..(Most - 3)] + "...";
    }
}
