using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SelfImprove.Orchestration;
using SelfImprove.Testing;
using static SelfImprove.Testing.OrchestrationScript;

namespace SelfImprove.Durable.Tests;

/// <summary>The engine as a host runs it: its own thread, real concurrency, start and stop.</summary>
public sealed class HostedEngineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly VirtualClock _clock = new();
    private readonly OrchestrationScript _script = new();
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(30)); // a hang fails in place of blocking the run

    public void Dispose()
    {
        _patience.Dispose();
        _folder.Dispose();
    }

    private IHost CreateHost(Action<DurableEngineOptions>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<TimeProvider>(_clock).AddSingleton(CreateRegistry());
        _script.AddTo(builder.Services);
        builder.Services.AddDurableEngine(options =>
        {
            options.FilePath = _folder.File("engine.db");
            configure?.Invoke(options);
        });
        return builder.Build();
    }

    private static IOrchestrationClient ClientOf(IHost host) => host.Services.GetRequiredService<IOrchestrationClient>();

    [Fact]
    public async Task Host_ManyInstances_AllEndAndWaitersHear()
    {
        _script.Main = async (context, input) => await context.CallAsync(WorkRef, await context.CallAsync(ChildRef, input));
        using var host = CreateHost();
        await host.StartAsync(_patience.Token);
        var client = ClientOf(host);
        var ends = await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            await client.StartAsync(MainRef, $"i{i}", $"{i}", _patience.Token);
            return (await client.WaitAsync($"i{i}", _patience.Token)).OutputAs<string>();
        }));
        ends.ShouldBe(Enumerable.Range(0, 200).Select(i => $"{i}"));
        await host.StopAsync(_patience.Token);
    }

    [Fact]
    public async Task Host_ClockMoves_TimersFire()
    {
        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _script.Work = (_, _, _) =>
        {
            waiting.SetResult();
            return Task.FromResult("");
        };
        _script.Main = async (context, _) =>
        {
            var sleep = context.SleepUntilAsync(context.Now.AddDays(3));
            await context.CallAsync(WorkRef, ""); // when this runs the timer is a row
            await sleep;
            return "woke";
        };
        using var host = CreateHost();
        await host.StartAsync(_patience.Token);
        await ClientOf(host).StartAsync(MainRef, "i", "", _patience.Token);
        await waiting.Task.WaitAsync(_patience.Token);
        var end = ClientOf(host).WaitAsync("i", _patience.Token);
        while (!end.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromDays(1)); // the alarm is set by the engine's thread, at any of these moments
            await Task.Yield();
        }
        (await end).OutputAs<string>().ShouldBe("woke");
    }

    [Fact]
    public async Task Stop_WithAnActivityRunning_RepeatsItAtTheNextStart()
    {
        var begun = new SemaphoreSlim(0);
        var runs = 0;
        _script.Work = async (_, input, token) =>
        {
            if (Interlocked.Increment(ref runs) > 1)
                return input;
            begun.Release();
            await Task.Delay(Timeout.Infinite, token);
            return "never";
        };
        _script.Main = (context, input) => context.CallAsync(WorkRef, input);
        using (var host = CreateHost())
        {
            await host.StartAsync(_patience.Token);
            await ClientOf(host).StartAsync(MainRef, "i", "in", _patience.Token);
            await begun.WaitAsync(_patience.Token);
            var wait = ClientOf(host).WaitAsync("i", _patience.Token);
            await host.StopAsync(_patience.Token);
            (await Should.ThrowAsync<InvalidOperationException>(() => wait)).Message.ShouldContain("not running");
            await Should.ThrowAsync<InvalidOperationException>(() => ClientOf(host).StartAsync(MainRef, "j", "", _patience.Token));
        }
        using var next = CreateHost();
        await next.StartAsync(_patience.Token);
        (await ClientOf(next).WaitAsync("i", _patience.Token)).OutputAs<string>().ShouldBe("in");
        runs.ShouldBe(2);
    }

    [Fact]
    public async Task Activities_OverTheBound_RunNoMoreAtOnce()
    {
        var (running, most, gate) = (0, 0, new Lock());
        _script.Work = async (_, input, _) =>
        {
            lock (gate)
                most = Math.Max(most, ++running);
            await Task.Yield();
            lock (gate)
                running--;
            return input;
        };
        _script.Main = async (context, _) => $"{(await Task.WhenAll(Enumerable.Range(0, 100).Select(i => context.CallAsync(WorkRef, $"{i}")))).Length}";
        using var host = CreateHost(options => options.MaxConcurrentActivities = 3);
        await host.StartAsync(_patience.Token);
        await ClientOf(host).StartAsync(MainRef, "i", "", _patience.Token);
        (await ClientOf(host).WaitAsync("i", _patience.Token)).OutputAs<string>().ShouldBe("100");
        most.ShouldBeLessThanOrEqualTo(3);
    }

    [Fact]
    public async Task Start_FolderInUse_SaysByWhom()
    {
        using var first = CreateHost();
        await first.StartAsync(_patience.Token);
        using var second = CreateHost();
        var error = await Should.ThrowAsync<DurableEngineLockedException>(() => second.StartAsync(_patience.Token));
        error.Owner.ShouldBe(Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture));
        error.Message.ShouldBe($"The durable engine at '{_folder.File("engine.db")}' is in use by process {Environment.ProcessId}. Stop that one first, or use another folder.");
        await first.StopAsync(_patience.Token);
        using var third = CreateHost();
        await third.StartAsync(_patience.Token);
    }

    [Fact]
    public async Task Commit_FailsOnce_TheClientHearsAndTheEngineGoesOn()
    {
        var isFull = true;
        _script.Main = (context, input) => context.CallAsync(WorkRef, input);
        using var host = CreateHost(options => options.CommitProbe = (_, phase) =>
        {
            if (phase == CommitPhase.Before && isFull)
                throw new IOException("the disk is full");
        });
        await host.StartAsync(_patience.Token);
        (await Should.ThrowAsync<IOException>(() => ClientOf(host).StartAsync(MainRef, "i", "in", _patience.Token))).Message.ShouldBe("the disk is full");
        (await ClientOf(host).GetAsync("i")).ShouldBeNull();
        isFull = false;
        (await ClientOf(host).StartAsync(MainRef, "i", "in", _patience.Token)).ShouldBeTrue();
        (await ClientOf(host).WaitAsync("i", _patience.Token)).OutputAs<string>().ShouldBe("in");
    }

    [Fact]
    public async Task Client_BeforeTheStart_SaysSo()
    {
        using var host = CreateHost();
        (await Should.ThrowAsync<InvalidOperationException>(() => ClientOf(host).StartAsync(MainRef, "i", ""))).Message.ShouldContain("start the host first");
        await Should.ThrowAsync<InvalidOperationException>(() => ClientOf(host).GetAsync("i"));
    }

    [Fact]
    public async Task Client_BadArguments_Throw()
    {
        using var host = CreateHost();
        await host.StartAsync(_patience.Token);
        var client = ClientOf(host);
        (await Should.ThrowAsync<ArgumentException>(() => client.StartAsync(MainRef, "", ""))).Message.ShouldContain("is no instance id");
        await Should.ThrowAsync<ArgumentException>(() => client.StartAsync(MainRef, "a\nb", ""));
        await Should.ThrowAsync<ArgumentException>(() => client.RaiseEventAsync("i", " ", ""));
        await Should.ThrowAsync<PayloadLimitException>(() => client.StartAsync(MainRef, "i", new string('x', 50_000)));
        await Should.ThrowAsync<PayloadLimitException>(() => client.RaiseEventAsync("i", "go", new string('x', 50_000)));
        (await Should.ThrowAsync<KeyNotFoundException>(() => client.WaitAsync("nobody"))).Message.ShouldContain("'nobody'");
        (await Should.ThrowAsync<InvalidOperationException>(() => host.Services.GetRequiredService<DurableEngine>().RunUntilIdleAsync())).Message.ShouldContain("Manual = true");
    }

    [Fact]
    public async Task Start_DamagedFile_SaysWhichAndWhat()
    {
        await File.WriteAllTextAsync(_folder.File("engine.db"), new string('x', 5000));
        using var host = CreateHost();
        (await Should.ThrowAsync<InvalidDataException>(() => host.StartAsync(_patience.Token))).Message.ShouldContain("is not a file of the durable engine, or is damaged");
    }

    [Fact]
    public async Task Start_FileOfALaterFormat_IsRefused()
    {
        await using (var connection = new SqliteConnection($"Data Source={_folder.File("engine.db")};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version=99";
            await command.ExecuteNonQueryAsync();
        }
        using var host = CreateHost();
        (await Should.ThrowAsync<InvalidDataException>(() => host.StartAsync(_patience.Token))).Message.ShouldContain("has format 99; this build knows format 1");
    }

    [Theory]
    [InlineData("", 16, 2000, "FilePath is empty")]
    [InlineData("x", 0, 2000, "MaxConcurrentActivities is 0; at least 1 is expected")]
    [InlineData("x", 16, 0, "MaxWarmInstances is 0; at least 1 is expected")]
    public void Options_OutOfRange_AreRefusedAtRegistration(string path, int activities, int warm, string message) =>
        Should.Throw<ArgumentException>(() => new ServiceCollection().AddDurableEngine(options =>
            (options.FilePath, options.MaxConcurrentActivities, options.MaxWarmInstances) = (path, activities, warm))).Message.ShouldContain(message);
}
