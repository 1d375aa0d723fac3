using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace SelfImprove.Durable;

/// <summary>
/// Does the engine's work in steps. A step takes what has come in (commands, results, due timers), runs the turns that follow, and commits all of it at once:
/// that is the group commit. Only then are commands answered and activities begun.
/// </summary>
internal sealed class EngineCore(EngineState state, TurnRunner turns, SqliteStore store, TimeProvider time, Action wake, Action<string> ended)
{
    /// <summary>Bounds a step, so that answers are not held back for long under load.</summary>
    private const int MaxTurns = 512;
    private const int MaxCommands = 1024;

    private readonly Lock _gate = new();
    private readonly ConcurrentQueue<EngineCommand> _commands = new();
    private readonly ConcurrentQueue<ActivityDone> _done = new();
    private bool _isLoaded;
    private bool _isClosed;

    public DateTimeOffset? NextTimer
    {
        get
        {
            lock (_gate)
                return state.Timers.Next;
        }
    }

    /// <summary>Whether a step would find work now; timers aside.</summary>
    public bool HasWork => !_done.IsEmpty || !_commands.IsEmpty || state.HasReady;

    public void Submit(EngineCommand command)
    {
        _commands.Enqueue(command);
        if (Volatile.Read(ref _isClosed))
            FailCommands(Closed());
        else
            wake();
    }

    public void Submit(ActivityDone done)
    {
        _done.Enqueue(done);
        wake();
    }

    /// <summary>Does one step.</summary>
    /// <param name="runTurns">False: only commands are taken, and their effects are kept for later turns.</param>
    /// <returns>Whether anything was done.</returns>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever fails in a step fails the step: its commands learn of it and the state is loaded again.")]
    public bool Step(bool runTurns)
    {
        lock (_gate)
        {
            if (_isClosed)
                throw Closed();
            var commands = new List<EngineCommand>();
            try
            {
                return Step(runTurns, commands);
            }
            catch (Exception e)
            {
                _isLoaded = false;
                store.Rollback();
                foreach (var command in commands)
                    command.Fail(e);
                throw;
            }
        }
    }

    /// <summary>Answers what waits, and takes no more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            FailCommands(Closed());
        }
    }

    private bool Step(bool runTurns, List<EngineCommand> commands)
    {
        state.Now = time.GetUtcNow();
        var worked = !_isLoaded;
        if (!_isLoaded)
            state.Load();
        _isLoaded = true;
        while (commands.Count < MaxCommands && _commands.TryDequeue(out var command))
        {
            commands.Add(command);
            command.Apply(state);
        }
        worked |= commands.Count > 0;
        if (runTurns)
        {
            state.FireTimers();
            for (var i = 0; i < MaxTurns && _done.TryDequeue(out var done); i++)
            {
                worked = true;
                state.Take(done);
            }
            for (var i = 0; i < MaxTurns && state.TryTakeReady(out var instance); i++)
            {
                worked = true;
                state.Apply(instance, turns.Run(instance, state.Now));
            }
        }
        state.SaveUnread();
        store.Commit();
        foreach (var id in state.Publish())
            ended(id);
        foreach (var command in commands)
            command.Acknowledge();
        return worked;
    }

    private void FailCommands(Exception reason)
    {
        while (_commands.TryDequeue(out var command))
            command.Fail(reason);
    }

    private static InvalidOperationException Closed() => new("The durable engine has stopped, or has not been started: nothing was changed.");
}
