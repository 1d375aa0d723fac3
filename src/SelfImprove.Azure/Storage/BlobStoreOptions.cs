using Azure.Core;

namespace SelfImprove.Azure.Storage;

/// <summary>
/// How the Blob store talks to the service: Azure.Core's options. By default each request is tried 6 times, with waits that double from 0.4 s to
/// 20 s (or what Retry-After asks for), and an attempt without progress is given up after 30 s, later where there is much to send.
/// </summary>
public sealed class BlobStoreOptions : ClientOptions
{
    /// <summary>Sets the defaults.</summary>
    public BlobStoreOptions()
    {
        Retry.Mode = RetryMode.Exponential;
        Retry.MaxRetries = 5;
        Retry.Delay = TimeSpan.FromMilliseconds(400);
        Retry.MaxDelay = TimeSpan.FromSeconds(20);
        Retry.NetworkTimeout = TimeSpan.FromSeconds(30);
        Diagnostics.IsLoggingContentEnabled = false;
    }

    /// <summary>Objects a page of a listing: 5,000, the service's most, costs least.</summary>
    public int PageSize { get; init; } = 5_000;
}
