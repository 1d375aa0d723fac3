using SelfImprove.Storage;

namespace SelfImprove.Testing.Storage;

/// <summary>Object stores in memory: the real store over the file layer that forgets on a power cut.</summary>
public static class MemoryStores
{
    /// <summary>Opens a store on a disk; on a new one where null.</summary>
    public static LocalFolderStore Open(PowerCutFileLayer? disk = null) => new("/store", TimeProvider.System, disk ?? new PowerCutFileLayer());
}
