using Microsoft.Extensions.Logging;

namespace SelfImprove.Durable;

/// <summary>Drives the core by itself: one thread that sleeps until something comes in or the next timer is due. It never polls.</summary>
internal sealed class EnginePump : IDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly EngineCore _core;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ManualResetEventSlim _wake;
    private readonly ITimer _alarm;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _stop;

    public EnginePump(EngineCore core, ManualResetEventSlim wake, TimeProvider time, ILogger logger)
    {
        (_core, _wake, _time, _logger) = (core, wake, time, logger);
        _alarm = time.CreateTimer(_ => wake.Set(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        // A thread of its own: activities that fill the thread pool must not hold back commits.
        _thread = new Thread(Run) { IsBackground = true, Name = "durable engine" };
        _thread.Start();
    }

    /// <summary>Ends after the present step.</summary>
    public Task StopAsync()
    {
        _stop = true;
        _wake.Set();
        return _stopped.Task;
    }

    public void Dispose() => _alarm.Dispose();

    private void Run()
    {
        while (!_stop)
        {
            _wake.Reset();
            if (TryStep() && !_core.HasWork)
            {
                SetAlarm();
                _wake.Wait();
            }
        }
        _stopped.SetResult();
    }

    private bool TryStep()
    {
        try
        {
            _core.Step(runTurns: true);
            return true;
        }
        catch (Exception e)
        {
            _logger.StepFailed(RetryDelay, e);
            _alarm.Change(RetryDelay, Timeout.InfiniteTimeSpan);
            _wake.Wait();
            return false;
        }
    }

    private void SetAlarm()
    {
        if (_core.NextTimer is not { } due)
            return;
        var wait = due - _time.GetUtcNow();
        _alarm.Change(wait < TimeSpan.Zero ? TimeSpan.Zero : wait > LongestWait ? LongestWait : wait, Timeout.InfiniteTimeSpan);
    }
}
