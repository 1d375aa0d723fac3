using Microsoft.Extensions.DependencyInjection;

namespace SelfImprove.Storage;

/// <summary>Registration of the store and of what is built on it.</summary>
public static class StorageRegistration
{
    /// <summary>
    /// Adds a <see cref="LocalFolderStore"/> as the <see cref="IObjectStore"/>, and what <see cref="AddStoreParts"/> adds. The store stamps files by the
    /// system's clock, whatever <see cref="TimeProvider"/> is registered: a simulated one says nothing about which of two files is newer.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="folder">The store's folder; created where missing.</param>
    /// <param name="aloneOnStore">Whether the host makes sure that no other process works on the folder: see <see cref="IntentJournal"/>.</param>
    /// <param name="files">The file system beneath; the machine's where null.</param>
    public static IServiceCollection AddLocalFolderStore(this IServiceCollection services, string folder, bool aloneOnStore = false, IFileLayer? files = null) =>
        services.AddSingleton<IObjectStore>(_ => new LocalFolderStore(folder, TimeProvider.System, files)).AddStoreParts(aloneOnStore);

    /// <summary>
    /// Adds <see cref="JsonDocuments"/>, <see cref="LeaseBook"/>, <see cref="FactBook"/> and <see cref="IntentJournal"/>; needs an object store and a
    /// <see cref="TimeProvider"/>.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="aloneOnStore">Whether the host makes sure that no other process works on the store: see <see cref="IntentJournal"/>.</param>
    public static IServiceCollection AddStoreParts(this IServiceCollection services, bool aloneOnStore = false) => services
        .AddSingleton<JsonDocuments>()
        .AddSingleton<LeaseBook>()
        .AddSingleton<FactBook>()
        .AddSingleton(provider => new IntentJournal(provider.GetRequiredService<IObjectStore>(), provider.GetRequiredService<TimeProvider>(), Guid.NewGuid, aloneOnStore));
}
