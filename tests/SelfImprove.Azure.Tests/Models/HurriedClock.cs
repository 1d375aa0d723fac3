using System.Collections.Concurrent;
using SelfImprove.Durable;

namespace SelfImprove.Azure.Tests.Models;

/// <summary>A virtual clock on which short waits (retry delays, a closed gate) are over at once, and long ones (deadlines) only when a test moves it.</summary>
internal sealed class HurriedClock(TimeSpan skipUpTo) : TimeProvider
{
    private readonly TimeSpan _skipUpTo = skipUpTo;
    private readonly VirtualClock _inner = new(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));

    /// <summary>The waits that were skipped.</summary>
    public ConcurrentQueue<TimeSpan> Waits { get; } = new();

    public override long TimestampFrequency => _inner.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _inner.GetUtcNow();

    public override long GetTimestamp() => _inner.GetTimestamp();

    public void Advance(TimeSpan span) => _inner.Advance(span);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new Watched(this, _inner.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan), dueTime, period);

    private sealed class Watched : ITimer
    {
        private readonly HurriedClock _clock;
        private readonly ITimer _timer;

        public Watched(HurriedClock clock, ITimer timer, TimeSpan dueTime, TimeSpan period)
        {
            (_clock, _timer) = (clock, timer);
            Change(dueTime, period);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var changed = _timer.Change(dueTime, period);
            if (dueTime > TimeSpan.Zero && dueTime <= _clock._skipUpTo)
            {
                _clock.Waits.Enqueue(dueTime);
                var due = _clock.GetUtcNow() + dueTime;
                ThreadPool.QueueUserWorkItem(_ => _clock._inner.MoveTo(due));
            }
            return changed;
        }

        public void Dispose() => _timer.Dispose();

        public ValueTask DisposeAsync() => _timer.DisposeAsync();
    }
}
