namespace SelfImprove.Storage;

/// <summary>What the file system reported, in words that tell a person what to do.</summary>
internal static class FileFailures
{
    // Unix error numbers arrive as they are in HResult; Windows codes arrive as HRESULTs.
    private const int NoSpace = 28, ReadOnlySystem = 30, QuotaLinux = 122, QuotaMac = 69;
    private const int WindowsDiskFull = unchecked((int)0x80070070), WindowsHandleDiskFull = unchecked((int)0x80070027);

    public static StorageException ForPeople(string path, string doing, Exception failed)
    {
        var (why, remedy) = failed switch
        {
            UnauthorizedAccessException => ("the rights are missing", "Check the owner and the rights of the file and its folders."),
            { HResult: NoSpace or WindowsDiskFull or WindowsHandleDiskFull } => ("the disk is full", "Free some space; nothing acknowledged before is lost."),
            { HResult: QuotaLinux or QuotaMac } => ("the quota is used up", "Free some space or raise the quota; nothing acknowledged before is lost."),
            { HResult: ReadOnlySystem } => ("the file system is read-only", "Mount it writable, or choose another folder."),
            PathTooLongException => ("the path is too long for this file system", "Choose a folder with a shorter path."),
            DirectoryNotFoundException => (
                "a folder on the way is missing", "Was the store's folder moved or removed while in use? Restart after putting it back."),
            _ => ("the file system reported a failure", "Check the disk and the system's log."),
        };
        return new StorageException($"Cannot {doing} {path}: {why} ({failed.Message.TrimEnd('.')}). {remedy}", path, failed);
    }
}
