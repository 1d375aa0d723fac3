using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SelfImprove.Durable;
using SelfImprove.Orchestration;

namespace SelfImprove.Testing;

/// <summary>
/// The embedded engine in a folder of its own, in lock-step on virtual time: when nothing is ready the clock jumps to the earliest timer. Every turn replays its
/// whole history unless a test turns that off. It can crash at any commit and be opened again.
/// </summary>
public sealed class DurableHarness : IOrchestrationHost
{
    private readonly TemporaryFolder _folder = new();
    private readonly OrchestrationRegistry _registry;
    private readonly Action<IServiceCollection>? _services;
    private readonly Action<DurableEngineOptions>? _options;
    private ServiceProvider? _provider;
    private (long Commit, CommitPhase Phase)? _crashAt;
    private bool _isDead;

    private DurableHarness(OrchestrationRegistry registry, Action<IServiceCollection>? services, Action<DurableEngineOptions>? options) =>
        (_registry, _services, _options) = (registry, services, options);

    public VirtualClock Clock { get; } = new();

    public DateTimeOffset Now => Clock.GetUtcNow();

    public DurableEngine Engine => Services.GetRequiredService<DurableEngine>();

    public IOrchestrationClient Client => Services.GetRequiredService<IOrchestrationClient>();

    public IServiceProvider Services => _provider ?? throw new InvalidOperationException("The harness is closed.");

    public string FilePath => _folder.File("engine.db");

    /// <summary>Commits of all openings together.</summary>
    public long Commits { get; private set; }

    public static async Task<DurableHarness> OpenAsync(
        OrchestrationRegistry registry, Action<IServiceCollection>? services = null, Action<DurableEngineOptions>? options = null)
    {
        var harness = new DurableHarness(registry, services, options);
        await harness.OpenAsync();
        return harness;
    }

    /// <summary>Opens a harness over scripted orchestrators.</summary>
    public static Task<DurableHarness> OpenAsync(OrchestrationScript script, Action<DurableEngineOptions>? options = null) =>
        OpenAsync(OrchestrationScript.CreateRegistry(), script.AddTo, options);

    /// <summary>Dies around the commit with that number, counted over all openings. From then on every commit fails, until reopened.</summary>
    public void CrashAt(long commit, CommitPhase phase) => _crashAt = (commit, phase);

    /// <summary>Closes the engine (as a crash leaves it, if it has crashed) and opens it again on the same folder.</summary>
    public async Task ReopenAsync()
    {
        await CloseAsync();
        await OpenAsync();
    }

    public async Task CloseAsync()
    {
        if (_provider is { } provider)
            await provider.DisposeAsync();
        _provider = null;
    }

    public Task RunUntilIdleAsync() => Engine.RunUntilIdleAsync();

    public async Task AdvanceAsync(TimeSpan span)
    {
        Clock.Advance(span);
        await RunUntilIdleAsync();
    }

    public async Task<OrchestrationState> RunToEndAsync(string instanceId)
    {
        while (true)
        {
            await RunUntilIdleAsync();
            var state = await Client.GetAsync(instanceId) ?? throw new InvalidOperationException($"There is no instance '{instanceId}'.");
            if (state.HasEnded || Engine.NextTimer is not { } due)
                return state;
            Clock.MoveTo(due);
        }
    }

    /// <summary>Starts Main and runs it to its end.</summary>
    public async Task<OrchestrationState> RunMainAsync(string instanceId, string input = "")
    {
        await Client.StartAsync(OrchestrationScript.MainRef, instanceId, input);
        return await RunToEndAsync(instanceId);
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _folder.Dispose();
    }

    private async Task OpenAsync()
    {
        _isDead = false;
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug));
        services.AddSingleton<TimeProvider>(Clock).AddSingleton(_registry);
        _services?.Invoke(services);
        services.AddDurableEngine(options =>
        {
            options.FilePath = FilePath;
            (options.Manual, options.AlwaysReplay) = (true, true);
            _options?.Invoke(options);
            options.CommitProbe = Probe;
        });
        _provider = services.BuildServiceProvider(validateScopes: true);
        await Engine.StartAsync(CancellationToken.None);
    }

    private void Probe(long number, CommitPhase phase)
    {
        if (_isDead)
            throw new SimulatedCrashException();
        if (phase == CommitPhase.Before)
            Commits++;
        if (_crashAt is not { } crash || crash.Commit != Commits || crash.Phase != phase)
            return;
        (_crashAt, _isDead) = (null, true);
        throw new SimulatedCrashException();
    }
}
