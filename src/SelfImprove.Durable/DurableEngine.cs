using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SelfImprove.Orchestration;

namespace SelfImprove.Durable;

/// <summary>
/// The embedded durable engine: event-sourced replay over one SQLite file. A crash at any point loses nothing that was acknowledged and repeats only activities
/// whose result was not. As a hosted service it runs by itself; with <see cref="DurableEngineOptions.Manual"/> the caller drives it in lock-step.
/// </summary>
public sealed class DurableEngine : IHostedService, IAsyncDisposable, IDisposable
{
    private readonly DurableEngineOptions _options;
    private readonly OrchestrationRegistry _registry;
    private readonly IServiceProvider _services;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ManualResetEventSlim _wake = new();
    private readonly SemaphoreSlim _drive = new(1, 1);
    private FolderLock? _lock;
    private SqliteStore? _store;
    private SqliteReader? _reader;
    private ActivityPool? _pool;
    private EngineCore? _core;
    private EnginePump? _pump;

    /// <summary>Creates it; <see cref="StartAsync"/> opens the file.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public DurableEngine(
        DurableEngineOptions options, OrchestrationRegistry registry, IServiceProvider services, TimeProvider time, ILogger<DurableEngine> logger)
    {
        options.Validate();
        (_options, _registry, _services, _time, _logger) = (options, registry, services, time, logger);
    }

    /// <summary>When the earliest timer is due: where a simulated clock may jump to. Null where no instance waits for a timer.</summary>
    public DateTimeOffset? NextTimer => Core.NextTimer;

    /// <summary>Activity calls that wait for a worker.</summary>
    public int QueuedActivities => _pool?.Queued ?? 0;

    internal SqliteReader Reader => _reader ?? throw NotRunning();

    internal EndWaiters Waiters { get; } = new();

    private EngineCore Core => _core ?? throw NotRunning();

    /// <summary>Opens the file, recovers, and, unless manual, begins to work.</summary>
    /// <exception cref="DurableEngineLockedException">Another engine has the file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, or of another format.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (_lock is not null)
            throw new InvalidOperationException("The durable engine has been started before. Create another one to start again.");
        var path = Path.GetFullPath(_options.FilePath);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _lock = FolderLock.Take(path);
        try
        {
            _store = new SqliteStore(path, _options.CommitProbe, _options.Unsynced);
            _reader = new SqliteReader(path);
            EngineCore? core = null;
            _pool = new ActivityPool(_options, _registry, _services, done => core!.Submit(done));
            var state = new EngineState(_store, _pool, new WarmCache(_options));
            core = new EngineCore(state, new TurnRunner(_registry, _services, _store, _logger), _store, _time, _wake.Set, Waiters.Ended);
            core.Step(runTurns: false); // recovers
            _core = core;
            if (!_options.Manual)
                _pump = new EnginePump(_core, _wake, _time, _logger);
        }
        catch
        {
            _store?.Dispose();
            _lock.Dispose();
            throw;
        }
        _logger.Started(path);
        return Task.CompletedTask;
    }

    /// <summary>Ends gracefully: the present commit is finished, running activities are asked to stop and will be repeated at the next start.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _core, null) is not { } core)
            return;
        if (_pump is { } pump)
        {
            await pump.StopAsync().ConfigureAwait(false);
            pump.Dispose();
        }
        core.Close();
        Waiters.FailAll(NotRunning());
        await _pool!.StopAsync(cancellationToken).ConfigureAwait(false);
        _reader!.Close();
        _store!.Dispose();
        _lock!.Dispose();
    }

    /// <summary>
    /// Lock-step: works until nothing is ready at the injected clock's present time. Turns run one after another; activities run in waves, at most
    /// <see cref="DurableEngineOptions.MaxConcurrentActivities"/> at once, and their results are taken in the order of the calls, so the outcome does not
    /// depend on their speed. An activity may use the client, but must not wait there for another instance's end.
    /// </summary>
    /// <exception cref="InvalidOperationException">The engine is not <see cref="DurableEngineOptions.Manual"/>, or not started.</exception>
    public async Task RunUntilIdleAsync(CancellationToken cancellationToken = default)
    {
        if (!_options.Manual)
            throw new InvalidOperationException("RunUntilIdleAsync drives an engine with DurableEngineOptions.Manual = true; this one works by itself.");
        await _drive.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (Core.Step(runTurns: true) || Core.HasWork)
                    continue;
                if (!_pool!.HasQueued)
                    return;
                await _pool.RunWaveAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _drive.Release();
        }
    }

    /// <summary>The history of an instance's present execution, to look at and for <see cref="HistoryReplayer"/>; null where there is no such instance.</summary>
    public Task<DurableHistory?> ExportHistoryAsync(string instanceId, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(Reader.GetHistory(instanceId));
    }

    /// <summary>Stops it without waiting for running activities.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);
        _wake.Dispose();
        _drive.Dispose();
    }

    /// <inheritdoc cref="DisposeAsync"/>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    internal async Task<T> SubmitAsync<T>(Func<EngineState, T> apply, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (core, command) = (Core, new EngineCommand<T>(apply));
        core.Submit(command);
        if (_options.Manual && !command.Answer.IsCompleted)
            core.Step(runTurns: false); // nobody else would
        return await command.Answer.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    internal void RefuseUnknown(string orchestrator)
    {
        if (!_registry.Orchestrators.ContainsKey(orchestrator))
            throw new ArgumentException($"No orchestrator named '{orchestrator}' is registered. Add it to the host's OrchestrationRegistry.", nameof(orchestrator));
    }

    private static InvalidOperationException NotRunning() => new("The durable engine is not running: start the host first (or DurableEngine.StartAsync).");
}
