using System.Globalization;

namespace SelfImprove.Durable;

/// <summary>The exclusive lock beside the engine's file. The operating system releases it however the process ends. A second file names
/// the owner, for the locked one cannot be read.</summary>
internal sealed class FolderLock : IDisposable
{
    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    public static FolderLock Take(string enginePath)
    {
        var path = enginePath + ".lock";
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path))
        {
            throw new DurableEngineLockedException(enginePath, ReadOwner(enginePath));
        }
        File.WriteAllText(OwnerPath(enginePath), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        return new FolderLock(file);
    }

    public void Dispose() => _file.Dispose();

    private static string OwnerPath(string enginePath) => enginePath + ".pid";

    private static string? ReadOwner(string enginePath)
    {
        try
        {
            return File.ReadAllText(OwnerPath(enginePath)).Trim() is { Length: > 0 } owner ? owner : null;
        }
        catch (IOException)
        {
            return null; // the owner is just being written
        }
    }
}
