using System.Runtime.CompilerServices;
using SelfImprove.Storage;

namespace SelfImprove.Monitoring.Log;

/// <summary>Lists and reads segments. A last line without its line break is not returned: it is being written, or torn.</summary>
internal static class LogReader
{
    /// <summary>No line is longer; what is longer is rubbish, and is handed out in pieces of this size.</summary>
    public const int MaxLine = 1024 * 1024;

    /// <summary>An agent's segments from an hour on, in ordinal order.</summary>
    public static async IAsyncEnumerable<StoredEntry> ListAsync(
        IObjectStore store, string agent, DateTimeOffset? fromHour, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var after = fromHour is { } hour ? SegmentPath.Hour(agent, hour) : null;
        await foreach (var entry in store.ListAsync(SegmentPath.Root(agent), after, cancellationToken).ConfigureAwait(false))
            if (SegmentPath.TryParse(agent, entry.Path, out _, out _, out _))
                yield return entry;
    }

    /// <summary>Reads complete lines, at most about <paramref name="most"/> bytes; null where there is none yet.</summary>
    public static async Task<SegmentRead?> ReadAsync(IObjectStore store, string path, long offset, long most, CancellationToken cancellationToken)
    {
        var want = Math.Max(most, MaxLine);
        var stored = await store.ReadAsync(path, new ByteRange(offset, want), cancellationToken).ConfigureAwait(false);
        if (stored is null || stored.Bytes.IsEmpty) return null;
        var bytes = stored.Bytes;
        var end = bytes.Span.LastIndexOf((byte)'\n');
        if (end < 0 && bytes.Length < MaxLine) return null;
        return new SegmentRead(path, offset, end < 0 ? bytes : bytes[..(end + 1)]);
    }

    /// <summary>As <see cref="ReadAsync(IObjectStore, string, long, long, CancellationToken)"/>, into the caller's memory.</summary>
    /// <param name="reader">The segment.</param>
    /// <param name="path">Its path.</param>
    /// <param name="offset">Where to start.</param>
    /// <param name="memory">Where the lines go; longer than <see cref="MaxLine"/>, or than what there is.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<SegmentRead?> ReadAsync(IObjectReader reader, string path, long offset, Memory<byte> memory, CancellationToken cancellationToken)
    {
        var length = await reader.ReadAsync(offset, memory, cancellationToken).ConfigureAwait(false);
        var end = memory.Span[..length].LastIndexOf((byte)'\n');
        if (length == 0 || (end < 0 && length < MaxLine)) return null;
        return new SegmentRead(path, offset, memory[..(end < 0 ? length : end + 1)]);
    }
}
