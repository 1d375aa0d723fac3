using System.IO.Enumeration;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace SelfImprove.Storage;

/// <summary>
/// The machine's own file system. .NET has no call that flushes a folder, so on Unix one is opened by P/Invoke; on Windows the file system's
/// journal keeps renames in order, and only files are flushed. Handles are opened to share with everybody: locking is <see cref="OpenLock"/>'s.
/// </summary>
internal sealed class PhysicalFileLayer : IFileLayer
{
    private const FileShare Everybody = FileShare.ReadWrite | FileShare.Delete;

    public FileStatus? Status(string path)
    {
        var info = new FileInfo(path);
        return info.Exists ? new FileStatus(info.Length, info.LastWriteTimeUtc.Ticks) : null;
    }

    public IOpenFile? OpenRead(string path)
    {
        if (!File.Exists(path)) return null;
        try
        {
            return new OpenFile(File.OpenHandle(path, FileMode.Open, FileAccess.Read, Everybody));
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public IOpenFile OpenWrite(string path) => new OpenFile(File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, Everybody));

    public IOpenFile CreateNew(string path) => new OpenFile(File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, Everybody));

    public void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    public void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // No folder, no file: what was asked for.
        }
    }

    public bool FolderExists(string path) => Directory.Exists(path);

    public void CreateFolder(string path) => Directory.CreateDirectory(path);

    public void FlushFolder(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        using var folder = Native.OpenToRead(path);
        RandomAccess.FlushToDisk(folder);
    }

    public IEnumerable<FolderEntry> List(string folder)
    {
        try
        {
            return [.. new FileSystemEnumerable<FolderEntry>(folder,
                (ref FileSystemEntry entry) => new FolderEntry(entry.FileName.ToString(), entry.IsDirectory, entry.IsDirectory ? 0 : entry.Length),
                new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false })];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    public IFileLock OpenLock(string path)
    {
        if (OperatingSystem.IsWindows()) return new FileLock(File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, Everybody));

        // .NET takes a shared flock of its own on whatever it opens, which would stand in the way of ours: so the file is opened without it.
        if (!File.Exists(path))
        {
            try
            {
                File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write).Dispose();
            }
            catch (IOException) when (File.Exists(path))
            {
                // Somebody else created it meanwhile.
            }
        }
        return new FileLock(Native.OpenToRead(path));
    }

    private sealed class OpenFile(SafeFileHandle handle) : IOpenFile
    {
        public FileStatus Status => new(RandomAccess.GetLength(handle), File.GetLastWriteTimeUtc(handle).Ticks);

        public int Read(long offset, Span<byte> buffer)
        {
            var total = 0;
            while (total < buffer.Length)
            {
                var read = RandomAccess.Read(handle, buffer[total..], offset + total);
                if (read == 0) break;
                total += read;
            }
            return total;
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(handle, bytes, offset);

        public void Truncate(long length) => RandomAccess.SetLength(handle, length);

        public void SetModified(long ticks) => File.SetLastWriteTimeUtc(handle, new DateTime(ticks, DateTimeKind.Utc));

        public void Flush() => RandomAccess.FlushToDisk(handle);

        public void Dispose() => handle.Dispose();
    }

    private sealed class FileLock(SafeFileHandle handle) : IFileLock
    {
        // On Windows a lock belongs to a stream over the handle; on Unix flock belongs to the open file,
        // so that two stores of one process exclude each other too.
        private readonly FileStream? _stream = OperatingSystem.IsWindows() ? new FileStream(handle, FileAccess.ReadWrite, bufferSize: 0) : null;

        public bool TryEnter()
        {
            if (_stream is not null && OperatingSystem.IsWindows())
            {
                try
                {
                    _stream.Lock(0, 1);
                    return true;
                }
                catch (IOException)
                {
                    return false;
                }
            }
            while (Native.Flock(handle, Native.LockExclusive | Native.LockNonBlocking) != 0)
            {
                var error = Marshal.GetLastPInvokeError();
                if (error == Native.Interrupted) continue;
                if (error is Native.WouldBlockLinux or Native.WouldBlockMac) return false;
                throw Native.LastError("cannot take a file lock");
            }
            return true;
        }

        public void Exit()
        {
            if (_stream is not null && OperatingSystem.IsWindows()) _stream.Unlock(0, 1);
            else _ = Native.Flock(handle, Native.LockRelease);
        }

        public void Dispose()
        {
            _stream?.Dispose();
            handle.Dispose();
        }
    }

    private static class Native
    {
        public const int LockExclusive = 2, LockNonBlocking = 4, LockRelease = 8;
        public const int Interrupted = 4, WouldBlockLinux = 11, WouldBlockMac = 35;

        // A child process must not inherit the handle: it would go on holding the lock.
        private static readonly int CloseOnExec = OperatingSystem.IsLinux() ? 0x80000 : OperatingSystem.IsFreeBSD() ? 0x100000 : 0x1000000;

        public static SafeFileHandle OpenToRead(string path)
        {
            while (true)
            {
                var handle = Open(Encoding.UTF8.GetBytes(path + '\0'), CloseOnExec);
                if (!handle.IsInvalid) return handle;
                handle.Dispose();
                if (Marshal.GetLastPInvokeError() != Interrupted) throw LastError($"cannot open {path}");
            }
        }

        [DllImport("libc", EntryPoint = "open", SetLastError = true)]
        private static extern SafeFileHandle Open(byte[] path, int flags);

        [DllImport("libc", EntryPoint = "flock", SetLastError = true)]
        public static extern int Flock(SafeFileHandle handle, int operation);

        public static IOException LastError(string what)
        {
            var error = Marshal.GetLastPInvokeError();
            return new IOException($"{what}: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }
    }
}
