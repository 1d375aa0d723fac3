using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SelfImprove.Azure.Storage;
using SelfImprove.Monitoring.Log;
using SelfImprove.Storage;

namespace SelfImprove.Azure.Hosting;

/// <summary>Registration of the Blob store.</summary>
public static class BlobStoreRegistration
{
    /// <summary>How long an append to the event log waits for others to share its request: each costs money and some milliseconds.</summary>
    public static readonly TimeSpan FlushWindow = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Adds an <see cref="AzureBlobStore"/> as the <see cref="IObjectStore"/>, with the parts on top of it, and an <see cref="EventLogOptions"/> with
    /// <see cref="FlushWindow"/> unless the host has added its own before. Call it before <c>AddSelfImprove</c>, and
    /// <see cref="AzureBlobStore.OpenAsync"/> at the start. Other hosts may work on the same container.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="settings">Where.</param>
    /// <param name="credential">Gives Entra ID tokens where there is no key; Azure.Identity's default chain where null.</param>
    /// <param name="options">How often to retry, and so on.</param>
    public static IServiceCollection AddBlobStore(
        this IServiceCollection services, BlobStoreSettings settings, TokenCredential? credential = null, BlobStoreOptions? options = null)
    {
        services.TryAddSingleton(new EventLogOptions { FlushWindow = FlushWindow });
        return services
            .AddSingleton(_ => new AzureBlobStore(settings, settings.UsesKey ? null : credential ?? new DefaultAzureCredential(), options))
            .AddSingleton<IObjectStore>(provider => provider.GetRequiredService<AzureBlobStore>())
            .AddStoreParts();
    }
}
