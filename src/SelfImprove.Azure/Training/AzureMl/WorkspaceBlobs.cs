using System.Net;
using System.Text;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using SelfImprove.Azure.Arm;
using SelfImprove.Orchestration;
using RetryPolicy = Azure.Core.Pipeline.RetryPolicy;

namespace SelfImprove.Azure.Training.AzureMl;

/// <summary>Puts files into the container of a workspace's default datastore, and reads them back: block blobs, by the REST API.</summary>
internal sealed class WorkspaceBlobs
{
    private const string Scope = "https://storage.azure.com/.default";
    private const string Version = "2024-11-04";

    private readonly HttpPipeline _pipeline;

    public WorkspaceBlobs(TrainingConnections connections)
    {
        var options = new BlobOptions { RetryPolicy = new RetryPolicy(3,
            DelayStrategy.CreateExponentialDelayStrategy(connections.RetryDelay, TimeSpan.FromSeconds(10))) };
        if (connections.Azure is not null) options.Transport = connections.Azure;
        _pipeline = HttpPipelineBuilder.Build(options, new BearerTokenAuthenticationPolicy(connections.Credential, Scope));
    }

    /// <summary>Whether there is such a blob.</summary>
    public async Task<bool> ExistsAsync(Uri blob, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(RequestMethod.Head, blob, default, null, cancellationToken);
        return response.Status != 404;
    }

    /// <summary>Reads a small blob; null where there is none.</summary>
    public async Task<byte[]?> ReadAsync(Uri blob, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(RequestMethod.Get, blob, default, null, cancellationToken);
        return response.Status == 404 ? null : response.Content.ToArray();
    }

    /// <summary>Writes a blob block by block; it is there whole or not at all. The same content again changes nothing.</summary>
    public async Task WriteAsync(Uri blob, IAsyncEnumerable<ReadOnlyMemory<byte>> blocks, CancellationToken cancellationToken)
    {
        var list = new StringBuilder("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>");
        var number = 0;
        await foreach (var block in blocks.WithCancellation(cancellationToken))
        {
            var id = Convert.ToBase64String(Encoding.ASCII.GetBytes($"{number++:d8}"));
            using var put = await SendAsync(RequestMethod.Put, new Uri(blob, $"{blob.AbsolutePath}?comp=block&blockid={Uri.EscapeDataString(id)}"), block, null,
                cancellationToken);
            list.Append("<Latest>").Append(id).Append("</Latest>");
        }
        list.Append("</BlockList>");
        using var done = await SendAsync(RequestMethod.Put, new Uri(blob, $"{blob.AbsolutePath}?comp=blocklist"), Encoding.UTF8.GetBytes(list.ToString()),
            "application/xml", cancellationToken);
    }

    private async Task<Response> SendAsync(RequestMethod method, Uri url, ReadOnlyMemory<byte> body, string? contentType, CancellationToken cancellationToken)
    {
        var message = _pipeline.CreateMessage();
        message.Request.Method = method;
        message.Request.Uri.Reset(url);
        message.Request.Headers.Add("x-ms-version", Version);
        if (method == RequestMethod.Put)
        {
            message.Request.Content = RequestContent.Create(body);
            message.Request.Headers.Add("Content-Length", body.Length.ToString(System.Globalization.CultureInfo.InvariantCulture));
            if (contentType is not null) message.Request.Headers.Add("Content-Type", contentType);
        }
        var what = $"{method.Method} {url.Host}{url.AbsolutePath}";
        try
        {
            await _pipeline.SendAsync(message, cancellationToken);
        }
        catch (CredentialUnavailableException none)
        {
            throw new ArmException(what, new ArmError(401, "NoCredential", none.Message, [], ArmErrorKind.Denied), none);
        }
        catch (Exception lost) when (lost is RequestFailedException or AggregateException or AuthenticationFailedException or IOException
            || (lost is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new TransientException($"Blob Storage did not answer {what}: {lost.Message}", lost);
        }
        var response = message.Response;
        if (response.Status < 300 || (response.Status == (int)HttpStatusCode.NotFound && method != RequestMethod.Put)) return response;
        using (response)
        {
            var code = response.Headers.TryGetValue("x-ms-error-code", out var given) ? given : $"HTTP {response.Status}";
            var error = new ArmError(response.Status, code, response.Status == 403
                ? "the host's identity may not write there; it needs the role Storage Blob Data Contributor on the workspace's storage account."
                : response.ReasonPhrase, [], ArmError.KindOf(response.Status, code, "", []), ArmResources.RetryAfterOf(response, TimeProvider.System));
            var failed = new ArmException(what, error);
            throw error.IsTransient ? new TransientException(failed.Message, failed) : failed;
        }
    }

    private sealed class BlobOptions : ClientOptions;
}
