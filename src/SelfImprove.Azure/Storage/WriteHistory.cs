using System.Collections.Concurrent;
using SelfImprove.Storage;

namespace SelfImprove.Azure.Storage;

/// <summary>
/// Tells afterwards whether a conditional write took effect that had no answer. Each written object carries, in its metadata, a random stamp of its
/// write and those of the writes before it, newest first, back to its creation, to <see cref="Kept"/> of them, or to where its writer did not know them.
/// A stamp in there was written; where the version that a write was to replace is in there and the write is not, it was not. The ETag that the newest
/// write replaced stands beside them: only one write can have replaced it.
/// </summary>
internal sealed class WriteHistory(Func<Guid> newId)
{
    public const string Header = "x-ms-meta-line";

    public const string OverHeader = "x-ms-meta-over";

    private const int Kept = 64;
    private const int StampLength = 10;
    private const int MostRemembered = 10_000;
    private const string Creation = "new";

    private readonly ConcurrentDictionary<(string Path, string ETag), string> _seen = new();
    private int _remembered;

    /// <summary>Remembers the line of a version that was read or written.</summary>
    public void Note(string path, string etag, string? line)
    {
        if (line is null || !_seen.TryAdd((path, etag), line) || Interlocked.Increment(ref _remembered) < MostRemembered) return;
        _seen.Clear();
        Interlocked.Exchange(ref _remembered, 0);
    }

    /// <summary>The line of a new write: its own stamp, then those of the version that it replaces, as far as known.</summary>
    public string Next(string path, WriteCondition condition)
    {
        var stamp = newId().ToString("n")[..StampLength];
        if (condition.Absent) return $"{stamp},{Creation}";
        return condition.ETag is { } etag && _seen.TryGetValue((path, etag), out var before) ? string.Join(',', before.Split(',').Take(Kept).Prepend(stamp)) : stamp;
    }

    /// <summary>Whether the write of <paramref name="mine"/> took effect.</summary>
    /// <param name="mine">Its line.</param>
    /// <param name="condition">Its condition.</param>
    /// <param name="found">The line of what is there now; null where something else than this class wrote it.</param>
    /// <param name="over">The ETag that what is there now has replaced.</param>
    /// <param name="isLatest">Whether it is what is there now.</param>
    /// <returns>Null where that can't be told.</returns>
    public static bool? Took(string mine, WriteCondition condition, string? found, string? over, out bool isLatest)
    {
        var own = mine.Split(',', 3);
        var stamps = found?.Split(',') ?? [];
        isLatest = stamps is [var first, ..] && first == own[0];
        if (stamps.Contains(own[0])) return true;
        var isOther = (own.Length > 1 && stamps.Contains(own[1])) || (over is not null && over == condition.ETag?.Trim('"'));
        return isOther ? false : null;
    }
}
