using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;

namespace SelfImprove.Azure.Storage;

/// <summary>Requests to one container, through Azure.Core: authorisation, retries, timeouts, tracing.</summary>
internal sealed class BlobPipeline
{
    /// <summary>The REST version asked for. From 2022-11-02 on an append may have 100 MiB; Azurite 3.35 knows versions up to 2025-11-05.</summary>
    public const string Version = "2024-11-04";

    private const string Scope = "https://storage.azure.com/.default";
    private const double SlowestBytesPerSecond = 256 * 1024;

    private readonly BlobStoreSettings _settings;
    private readonly TimeSpan _networkTimeout;
    private readonly HttpPipeline _pipeline;
    private readonly string _container;

    public BlobPipeline(BlobStoreSettings settings, TokenCredential? credential, BlobStoreOptions options, TimeProvider clock)
    {
        _settings = settings;
        _networkTimeout = options.Retry.NetworkTimeout;
        _container = $"{settings.Endpoint.AbsoluteUri.TrimEnd('/')}/{settings.Container}";
        HttpPipelinePolicy authorise = settings.Key is { } key
            ? new SharedKeyPolicy(settings.Account, key, clock)
            : new BearerTokenAuthenticationPolicy(credential ?? throw new ArgumentNullException(nameof(credential), "Without a key the store needs a credential."), Scope);
        _pipeline = HttpPipelineBuilder.Build(options, [], [authorise], new ResponseClassifier());
    }

    /// <summary>A request for an object.</summary>
    public HttpMessage Blob(RequestMethod method, string path, string query = "") => Create(method, $"{_container}/{path}{query}");

    /// <summary>A request for the container.</summary>
    public HttpMessage Container(RequestMethod method, string query) => Create(method, $"{_container}?restype=container{query}");

    /// <summary>Sends it, as often as the retry policy says.</summary>
    /// <exception cref="SelfImprove.Storage.StorageException">There was no answer, or one that says "not now".</exception>
    public async Task<BlobAnswer> SendAsync(HttpMessage message, string path, string doing, CancellationToken cancellationToken)
    {
        if (message.Request.Content is { } content && content.TryComputeLength(out var length))
            message.NetworkTimeout = _networkTimeout + TimeSpan.FromSeconds(length / SlowestBytesPerSecond);
        try
        {
            await _pipeline.SendAsync(message, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is RequestFailedException or AggregateException or IOException or AuthenticationFailedException
            || (failed is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw BlobErrors.From(failed, _settings, path, doing);
        }
        if (message.Response.Status is 401 or 403 or 408 or 429 or >= 500) throw Refused(message.Response, path, doing);
        return new BlobAnswer(message.Response, message.ProcessingContext.RetryNumber > 0);
    }

    /// <summary>The error for an answer that the operation does not expect.</summary>
    public Exception Refused(Response response, string path, string doing) => BlobErrors.From(response, _settings, path, doing);

    private HttpMessage Create(RequestMethod method, string uri)
    {
        var message = _pipeline.CreateMessage();
        message.Request.Method = method;
        message.Request.Uri.Reset(new Uri(uri));
        message.Request.Headers.SetValue("x-ms-version", Version);
        return message;
    }
}
