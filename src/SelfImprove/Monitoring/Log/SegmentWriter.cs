using SelfImprove.Storage;

namespace SelfImprove.Monitoring.Log;

/// <summary>
/// Appends to the writer's current segment at the length it expects. After an error, or where the length was another (the aggregator
/// sealed the segment, or an earlier attempt got through after all), it reads back: its own bytes in place count as written; an untouched
/// segment is tried again; anything else is left as it is, and the batch goes to a new segment. One call at a time.
/// </summary>
internal sealed class SegmentWriter(IObjectStore store, TimeProvider clock, TimeProvider timers, EventLogOptions options, string agent, string writer)
{
    private string? _path;
    private DateTimeOffset _hour;
    private long _length;
    private int _appends;
    private int _number;

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        for (var attempt = 1; ; attempt++)
        {
            var path = "";
            Exception? error = null;
            try
            {
                path = await SegmentAsync().ConfigureAwait(false);
                if (await AppendAsync(path, bytes).ConfigureAwait(false)) return;
            }
            catch (Exception e)
            {
                error = e;
            }
            if (error is not null && path.Length > 0 && await ReadBackAsync(path, bytes).ConfigureAwait(false)) return;
            if (attempt >= options.Attempts)
            {
                _path = null;
                error ??= new IOException("the segment was changed by somebody else each time");
                throw new EventLogWriteException(
                    $"Writing {bytes.Length} bytes to the log of {agent} ({path}) failed {attempt} times, last with: {error.Message} Nothing of it is acknowledged; send it again.", error);
            }
            if (error is not null) await Task.Delay(options.RetryDelay * (1 << (attempt - 1)), timers).ConfigureAwait(false);
        }
    }

    private async Task<bool> AppendAsync(string path, ReadOnlyMemory<byte> bytes)
    {
        var result = await store.AppendAsync(path, bytes, _length).ConfigureAwait(false);
        if (!result.Appended) return await ReadBackAsync(path, bytes).ConfigureAwait(false);
        _length += bytes.Length;
        _appends++;
        return true;
    }

    /// <summary>Whether the bytes are where they were meant to go. Otherwise either the segment is as it was, or it is given up.</summary>
    private async Task<bool> ReadBackAsync(string path, ReadOnlyMemory<byte> bytes)
    {
        StoredObject? stored;
        try
        {
            stored = await store.ReadAsync(path, new ByteRange(_length)).ConfigureAwait(false);
        }
        catch (Exception)
        {
            _path = null; // Unknown state: never append to it again.
            return false;
        }
        if (stored is null ? _length == 0 : stored.Length == _length) return false;
        var written = stored is not null && stored.Bytes.Length >= bytes.Length && stored.Bytes.Span[..bytes.Length].SequenceEqual(bytes.Span);
        if (written && stored!.Length == _length + bytes.Length)
        {
            _length = stored.Length;
            _appends++;
            return true;
        }
        _path = null;
        return written;
    }

    private async Task<string> SegmentAsync()
    {
        var hour = SegmentPath.HourOf(clock.GetUtcNow());
        // Not "differs": a clock that steps back stays in the segment it has.
        if (_path is not null && _appends < options.AppendsPerSegment && hour <= _hour) return _path;
        var watermark = await LogWatermark.ReadAsync(store, agent, CancellationToken.None).ConfigureAwait(false);
        if (watermark is { } mark && mark > hour) hour = mark;
        (_hour, _length, _appends) = (hour, 0, 0);
        return _path = SegmentPath.Of(agent, hour, writer, _number++);
    }
}
