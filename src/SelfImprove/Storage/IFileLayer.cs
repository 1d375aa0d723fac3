namespace SelfImprove.Storage;

/// <summary>
/// The few things that <see cref="LocalFolderStore"/> asks of a file system, so that tests can put one beneath it that forgets on a power cut
/// whatever was not flushed. Paths are absolute. Failures are <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.
/// </summary>
public interface IFileLayer
{
    /// <summary>Length and time of a file; null where there is none, or a folder.</summary>
    FileStatus? Status(string path);

    /// <summary>Opens a file to read; null where there is none. It goes on showing this file where another takes its place.</summary>
    IOpenFile? OpenRead(string path);

    /// <summary>Opens a file that exists to read and write.</summary>
    IOpenFile OpenWrite(string path);

    /// <summary>Creates a file that does not exist. Its name is lasting once its folder is flushed.</summary>
    IOpenFile CreateNew(string path);

    /// <summary>Moves a file over another, or to a free place, at once for every onlooker. Lasting once the target's folder is flushed.</summary>
    void Rename(string from, string to);

    /// <summary>Removes a file; nothing where there is none. Lasting once its folder is flushed.</summary>
    void Delete(string path);

    /// <summary>Whether there is such a folder.</summary>
    bool FolderExists(string path);

    /// <summary>Creates one folder whose parent exists; nothing where it exists. Lasting once its parent is flushed.</summary>
    void CreateFolder(string path);

    /// <summary>Puts a folder's entries (not their contents) on stable storage.</summary>
    void FlushFolder(string path);

    /// <summary>What is directly in a folder, in any order; nothing where there is no such folder.</summary>
    IEnumerable<FolderEntry> List(string folder);

    /// <summary>Opens a lock that excludes other processes and ends with this one, however it ends. The file stays.</summary>
    IFileLock OpenLock(string path);
}

/// <summary>An open file. Not safe for writers at once.</summary>
public interface IOpenFile : IDisposable
{
    /// <summary>Length and time now.</summary>
    FileStatus Status { get; }

    /// <summary>Reads from an offset as much as there is, up to the buffer's size.</summary>
    int Read(long offset, Span<byte> buffer);

    /// <summary>Writes all bytes at an offset.</summary>
    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Cuts the file short.</summary>
    void Truncate(long length);

    /// <summary>Sets the time of last change.</summary>
    /// <param name="ticks">100 ns steps since year 1, UTC.</param>
    void SetModified(long ticks);

    /// <summary>Puts contents, length and time on stable storage.</summary>
    void Flush();
}

/// <summary>A lock between processes.</summary>
public interface IFileLock : IDisposable
{
    /// <summary>Takes it where it is free.</summary>
    bool TryEnter();

    /// <summary>Gives it back.</summary>
    void Exit();
}

/// <summary>A file's length and time.</summary>
/// <param name="Length">In bytes.</param>
/// <param name="Modified">The time of last change, 100 ns steps since year 1, UTC.</param>
public readonly record struct FileStatus(long Length, long Modified);

/// <summary>A file or folder in a folder.</summary>
/// <param name="Name">Its name there.</param>
/// <param name="IsFolder">Whether it is a folder.</param>
/// <param name="Length">A file's length in bytes.</param>
public readonly record struct FolderEntry(string Name, bool IsFolder, long Length);
