namespace SelfImprove.Storage;

/// <summary>An object opened for several reads into the caller's memory. Not thread-safe.</summary>
public interface IObjectReader : IDisposable
{
    /// <summary>Reads from an offset as much as there is, up to the buffer's size.</summary>
    /// <returns>The number of bytes read; 0 beyond the end, and where there is no such object.</returns>
    ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken = default);
}
