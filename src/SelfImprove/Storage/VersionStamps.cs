namespace SelfImprove.Storage;

/// <summary>Times for changed files: later than the file's last, and than any given out before, whatever the clock does.</summary>
internal sealed class VersionStamps(TimeProvider clock)
{
    private long _last;

    /// <summary>A time for the next version of a file.</summary>
    /// <param name="previous">The time of its present version; 0 where there is none.</param>
    public long Next(long previous)
    {
        var last = Volatile.Read(ref _last);
        while (true)
        {
            var next = Math.Max(clock.GetUtcNow().Ticks, Math.Max(previous, last) + 1);
            var seen = Interlocked.CompareExchange(ref _last, next, last);
            if (seen == last) return next;
            last = seen;
        }
    }

    /// <summary>Gives out only later times from now on: for a file that is deleted, and may be created again.</summary>
    public void Raise(long stamp)
    {
        for (var last = Volatile.Read(ref _last); stamp > last;)
        {
            var seen = Interlocked.CompareExchange(ref _last, stamp, last);
            if (seen == last) return;
            last = seen;
        }
    }
}
