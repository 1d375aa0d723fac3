using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.ResourceManager;
using SelfImprove.Orchestration;

namespace SelfImprove.Azure.Arm;

/// <summary>
/// Any resource of Azure Resource Manager, by id and api-version, over Azure.ResourceManager's pipeline (its authentication, telemetry and transport).
/// Nothing here waits for a long-running operation: a call begins one and gives it back as data. Tokens go to the endpoint's own host only, whatever
/// addresses an answer names. Not the package's GenericResource, since that sends a location with everything, has no actions, and asks for the api-version of
/// every type.
/// </summary>
/// <remarks>
/// All methods throw <see cref="TransientException"/> where the same call may succeed later (whether a PUT or POST took effect is then not known: read before
/// repeating, or use <see cref="EnsureAsync"/>), and <see cref="ArmException"/> where it would not.
/// </remarks>
public sealed class ArmResources
{
    private readonly PipelineHolder _arm;
    private readonly ArmSettings _settings;
    private readonly TimeProvider _clock;

    /// <summary>Creates the client.</summary>
    /// <param name="settings">Which Azure, and how patiently.</param>
    /// <param name="credential">Gives tokens; asked again whenever one runs out.</param>
    /// <param name="clock">Reads Retry-After dates.</param>
    /// <param name="transport">The HTTP beneath; the package's own where null.</param>
    public ArmResources(ArmSettings settings, TokenCredential credential, TimeProvider clock, HttpPipelineTransport? transport = null)
    {
        (_settings, _clock) = (settings, clock);
        var options = new ArmClientOptions
        {
            Environment = new ArmEnvironment(settings.Endpoint, settings.Audience),
            RetryPolicy = new ArmRetryPolicy(settings.RetryDelay),
        };
        options.Retry.NetworkTimeout = settings.Timeout;
        options.Diagnostics.IsLoggingContentEnabled = false;
        if (transport is not null) options.Transport = transport;
        _arm = new PipelineHolder(new ArmClient(credential, null, options));
    }

    /// <summary>Reads a resource; null where there is none.</summary>
    /// <param name="id">Its id: <c>/subscriptions/...</c>.</param>
    /// <param name="apiVersion">For example <c>2025-12-01</c>.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<ArmReply?> GetAsync(string id, string apiVersion, CancellationToken cancellationToken = default)
    {
        using var response = await SendAsync(RequestMethod.Get, UrlOf(id, apiVersion), null, cancellationToken).ConfigureAwait(false);
        return response.Status == 404 ? null : ReplyTo(RequestMethod.Get, id, apiVersion, response);
    }

    /// <summary>Creates or replaces a resource.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="apiVersion">The api-version.</param>
    /// <param name="body">The whole resource.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <param name="ifMatch">Only where the resource still has this ETag (412 otherwise); whatever it has where null.</param>
    public async Task<ArmReply> PutAsync(string id, string apiVersion, JsonObject body, CancellationToken cancellationToken = default, string? ifMatch = null)
    {
        using var response = await SendAsync(RequestMethod.Put, UrlOf(id, apiVersion), body, cancellationToken, ifMatch).ConfigureAwait(false);
        return ReplyTo(RequestMethod.Put, id, apiVersion, response);
    }

    /// <summary>
    /// Creates a resource where there is none of that id; one that is there is given back as it is. A PUT whose answer is lost is looked for before the
    /// failure is reported, so that no repetition makes, or pays for, a second.
    /// </summary>
    public async Task<ArmReply> EnsureAsync(string id, string apiVersion, JsonObject body, CancellationToken cancellationToken = default)
    {
        if (await GetAsync(id, apiVersion, cancellationToken).ConfigureAwait(false) is { } found) return found;
        try
        {
            return await PutAsync(id, apiVersion, body, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failed) when (IsAmbiguous(failed))
        {
            try
            {
                if (await GetAsync(id, apiVersion, cancellationToken).ConfigureAwait(false) is { } made) return made;
            }
            catch (ArmException unread)
            {
                // It may have been made: that it can't be seen is no word about it.
                throw new TransientException($"{failed.Message} Whether it took effect could not be seen: {unread.Message}", failed as ArmException ?? failed.InnerException);
            }
            throw;
        }
    }

    /// <summary>Deletes a resource; null where there is none.</summary>
    public async Task<ArmReply?> DeleteAsync(string id, string apiVersion, CancellationToken cancellationToken = default)
    {
        using var response = await SendAsync(RequestMethod.Delete, UrlOf(id, apiVersion), null, cancellationToken).ConfigureAwait(false);
        return response.Status == 404 ? null : ReplyTo(RequestMethod.Delete, id, apiVersion, response);
    }

    /// <summary>Does something with a resource; null where there is no such resource.</summary>
    /// <param name="id">The resource's id.</param>
    /// <param name="action">For example <c>cancel</c>.</param>
    /// <param name="apiVersion">The api-version.</param>
    /// <param name="body">The action's input; none where null.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<ArmReply?> PostAsync(string id, string action, string apiVersion, JsonObject? body = null, CancellationToken cancellationToken = default)
    {
        using var response = await SendAsync(RequestMethod.Post, UrlOf($"{id}/{action}", apiVersion), body, cancellationToken).ConfigureAwait(false);
        return response.Status == 404 ? null : ReplyTo(RequestMethod.Post, id, apiVersion, response);
    }

    /// <summary>Lists resources, page by page.</summary>
    /// <param name="collection">The collection's id: <c>/subscriptions/.../datastores</c>.</param>
    /// <param name="apiVersion">The api-version.</param>
    /// <param name="query">More of the query, without its first <c>&amp;</c>; none where null.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async IAsyncEnumerable<JsonElement> ListAsync(string collection, string apiVersion, string? query = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var url = UrlOf(collection, apiVersion) + (query is null ? "" : $"&{query}");
        while (url is not null)
        {
            using var response = await SendAsync(RequestMethod.Get, url, null, cancellationToken).ConfigureAwait(false);
            if (response.Status >= 400) throw Failed(RequestMethod.Get, collection, response);
            var page = BodyOf(response);
            if (page is { } found && found.TryGetProperty("value", out var value) && value.ValueKind == JsonValueKind.Array)
                foreach (var item in value.EnumerateArray()) yield return item;
            url = page is { } p && p.TryGetProperty("nextLink", out var next) && next.ValueKind == JsonValueKind.String
                && next.GetString() is { Length: > 0 } link ? link : null;
        }
    }

    /// <summary>Looks once at a long-running operation.</summary>
    public async Task<ArmOperationStatus> PollAsync(ArmOperation operation, CancellationToken cancellationToken = default)
    {
        using var response = await SendAsync(RequestMethod.Get, operation.Url, null, cancellationToken).ConfigureAwait(false);
        var wait = RetryAfterOf(response, _clock);
        if (response.Status == 404) return new ArmOperationStatus(ArmOperationState.Forgotten, "NotFound");
        if (response.Status >= 400)
        {
            var error = ArmError.From(response.Status, BodyOf(response), wait);
            // At a Location, the operation's own failure comes as the answer's status.
            if (operation.Kind == ArmOperationKind.Location && !error.IsTransient && error.Kind != ArmErrorKind.Denied)
                return new ArmOperationStatus(ArmOperationState.Failed, error.Code, error);
            throw Failed(RequestMethod.Get, "an operation", response);
        }
        var reply = new ArmReply(response.Status, BodyOf(response));
        var word = operation.Kind switch
        {
            ArmOperationKind.Status => reply.Text("status"),
            ArmOperationKind.Resource => reply.Text("properties.provisioningState") ?? "Succeeded",
            _ => response.Status == 202 ? "InProgress" : "Succeeded",
        };
        var state = ArmOperationStatus.StateOf(word);
        var failure = state is ArmOperationState.Failed or ArmOperationState.Canceled
            ? ArmError.From(200, reply.Find("error") ?? reply.Find("properties.error") ?? reply.Find("properties.provisioningError"))
            : null;
        return new ArmOperationStatus(state, word ?? "", failure, wait, reply.Body);
    }

    internal static TimeSpan? RetryAfterOf(Response response, TimeProvider clock)
    {
        foreach (var name in (ReadOnlySpan<string>)["retry-after-ms", "x-ms-retry-after-ms"])
            if (response.Headers.TryGetValue(name, out var ms) && int.TryParse(ms, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds >= 0)
                return TimeSpan.FromMilliseconds(milliseconds);
        if (!response.Headers.TryGetValue("Retry-After", out var value)) return null;
        if (int.TryParse(value, CultureInfo.InvariantCulture, out var seconds) && seconds >= 0) return TimeSpan.FromSeconds(seconds);
        return DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            && date - clock.GetUtcNow() is var left && left > TimeSpan.Zero
            ? left
            : null;
    }

    /// <summary>Whether a failure leaves open if the call took effect: no answer, or one that the service gave while failing.</summary>
    private static bool IsAmbiguous(Exception failed) =>
        (failed as ArmException ?? failed.InnerException as ArmException)?.Error.Kind is ArmErrorKind.Unavailable or ArmErrorKind.Conflict;

    private async Task<Response> SendAsync(RequestMethod method, string url, JsonObject? body, CancellationToken cancellationToken, string? ifMatch = null)
    {
        var address = OnEndpoint(url);
        // Disposing the message would dispose the response, which the caller owns; the request holds bytes only.
        var message = _arm.CreateMessage();
        message.NetworkTimeout = _settings.Timeout;
        message.Request.Method = method;
        message.Request.Uri.Reset(address);
        message.Request.Headers.Add("Accept", "application/json");
        if (ifMatch is not null) message.Request.Headers.Add("If-Match", ifMatch);
        if (body is not null)
        {
            message.Request.Headers.Add("Content-Type", "application/json");
            message.Request.Content = RequestContent.Create(BinaryData.FromString(body.ToJsonString()));
        }
        try
        {
            await _arm.SendAsync(message, cancellationToken).ConfigureAwait(false);
        }
        catch (CredentialUnavailableException none)
        {
            throw new ArmException(Call(method, address.AbsolutePath), new ArmError(401, "NoCredential", none.Message, [], ArmErrorKind.Denied), none);
        }
        catch (Exception lost) when (lost is RequestFailedException or AggregateException or AuthenticationFailedException or IOException
            || (lost is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            var error = ArmError.From(0, null) with { Message = $"{(lost is AggregateException { InnerExceptions: [.., var last] } ? last : lost).Message}" };
            throw new TransientException(new ArmException(Call(method, address.AbsolutePath), error).Message,
                new ArmException(Call(method, address.AbsolutePath), error, lost));
        }
        return message.Response;
    }

    private ArmReply ReplyTo(RequestMethod method, string id, string apiVersion, Response response)
    {
        if (response.Status >= 300) throw Failed(method, id, response);
        var reply = new ArmReply(response.Status, BodyOf(response));
        reply = reply with { ETag = response.Headers.TryGetValue("ETag", out var tag) ? tag : reply.Text("etag") };
        if (method == RequestMethod.Get) return reply;
        var wait = RetryAfterOf(response, _clock);
        if (response.Headers.TryGetValue("Azure-AsyncOperation", out var status)) return reply with { Operation = Pending(ArmOperationKind.Status, status,
            wait) };
        // Location with 201 is only the new resource's own address.
        if (response.Status == 202
            && response.Headers.TryGetValue("Location", out var location)) return reply with { Operation = Pending(ArmOperationKind.Location, location, wait) };
        return reply.Text("properties.provisioningState") is { } word && !new ArmOperationStatus(ArmOperationStatus.StateOf(word), word).HasEnded
            ? reply with { Operation = Pending(ArmOperationKind.Resource, UrlOf(id, apiVersion), wait) }
            : reply;
    }

    private ArmOperation Pending(ArmOperationKind kind, string url, TimeSpan? wait) => new(kind, OnEndpoint(url).AbsoluteUri, wait);

    private Exception Failed(RequestMethod method, string id, Response response)
    {
        var error = ArmError.From(response.Status, BodyOf(response), RetryAfterOf(response, _clock));
        var failed = new ArmException(Call(method, id), error);
        return error.IsTransient ? new TransientException(failed.Message, failed) : failed;
    }

    private string UrlOf(string id, string apiVersion)
    {
        if (!id.StartsWith('/') || id.AsSpan().IndexOfAny("?#\\") >= 0 || id.Contains("..", StringComparison.Ordinal))
            throw new ArgumentException($"'{id}' is no id of an Azure resource: expected /subscriptions/... without '?', '#', '\\' or '..'.", nameof(id));
        return new Uri(_settings.Endpoint, id).AbsoluteUri + $"?api-version={Uri.EscapeDataString(apiVersion)}";
    }

    /// <summary>An address that an answer named is followed only on the endpoint itself: the token must not go elsewhere.</summary>
    private Uri OnEndpoint(string url)
    {
        if (Uri.TryCreate(_settings.Endpoint, url, out var address)
            && Uri.Compare(address, _settings.Endpoint, UriComponents.SchemeAndServer, UriFormat.Unescaped,
                StringComparison.OrdinalIgnoreCase) == 0) return address;
        throw new ArmException("an address that it named itself", new ArmError(200, "ForeignAddress",
            $"{(Uri.TryCreate(url, UriKind.Absolute, out var foreign) ? foreign.Host : url)} is not {_settings.Endpoint.Host}, and no token is sent there.", [],
                ArmErrorKind.Denied));
    }

    private static JsonElement? BodyOf(Response response)
    {
        if (response.Content is not { } content || content.ToMemory().IsEmpty) return null;
        try
        {
            using var document = JsonDocument.Parse(content.ToMemory());
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            // A gateway's page in place of an answer: the status says enough.
            return null;
        }
    }

    private static string Call(RequestMethod method, string id)
    {
        var at = id.LastIndexOf("/providers/", StringComparison.OrdinalIgnoreCase);
        return $"{method.Method} {(at < 0 ? id : id[(at + "/providers/".Length)..])}";
    }

    /// <summary>The way the package itself offers to its extensions: a resource class has the client's pipeline.</summary>
    private sealed class PipelineHolder(ArmClient client) : ArmResource(client, ResourceIdentifier.Root)
    {
        public HttpMessage CreateMessage() => Pipeline.CreateMessage();

        public ValueTask SendAsync(HttpMessage message, CancellationToken cancellationToken) => Pipeline.SendAsync(message, cancellationToken);
    }
}
