using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SelfImprove.Api.Bodies;
using SelfImprove.Api.Hosting;
using SelfImprove.Api.Security;
using SelfImprove.Azure.Hosting;
using SelfImprove.Azure.Storage;
using SelfImprove.Durable;
using SelfImprove.Loop;
using SelfImprove.Monitoring.Log;
using SelfImprove.Storage;

namespace SelfImprove.Local.Hosting;

/// <summary>
/// The one-machine host: the product over a local folder (or a store in Azure), the embedded engine, and the API on Kestrel. In lock-step nothing happens by itself:
/// <code>
/// await using var host = await LocalHost.StartAsync(new LocalHostOptions { Folder = folder, Urls = "http://127.0.0.1:0", Clock = clock, LockStep = true });
/// // ... traffic over host.Url ...
/// await host.StepAsync("agent");      // drain the log, look at the agent, run the engine until it is idle
/// clock.Advance(span); await host.RunUntilIdleAsync();
/// </code>
/// </summary>
public sealed class LocalHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly LocalHostOptions _options;
    private TelemetryExport? _telemetry;
    private bool _started;
    private bool _stopped;

    private LocalHost(WebApplication app, LocalHostOptions options, StoreChoice store) => (_app, _options, Store) = (app, options, store);

    /// <summary>The product's services.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Where it listens: the first address, with its real port and no slash at the end; null where it does not.</summary>
    public string? Url { get; private set; }

    /// <summary>The object store.</summary>
    public StoreChoice Store { get; }

    /// <summary>The embedded engine.</summary>
    public DurableEngine Engine => Services.GetRequiredService<DurableEngine>();

    /// <summary>Opens the folder and starts.</summary>
    /// <exception cref="DurableEngineLockedException">Another process has the folder.</exception>
    /// <exception cref="HostStartException">It may not listen there, or can't; or settings are wrong, all of which are told.</exception>
    /// <exception cref="StorageException">The store can't be reached, or refuses.</exception>
    public static async Task<LocalHost> StartAsync(LocalHostOptions options, CancellationToken cancellationToken = default)
    {
        var folder = new HostFolder(options.Folder);
        folder.Create();
        var (app, store, telemetry) = Build(options, folder);
        var host = new LocalHost(app, options, store);
        try
        {
            if (store.Blob is not null) await host.Services.GetRequiredService<AzureBlobStore>().OpenAsync(cancellationToken);
            host._telemetry = TelemetryExport.Start(telemetry, host._app.Configuration, host.Engine);
            await host._app.StartAsync(cancellationToken);
            host._started = true;
            store.Remember(folder);
            if (options.Urls is not null)
            {
                host.Url = UrlOf(host._app);
                if (!options.LockStep) folder.Announce(host.Url, TimeProvider.System.GetUtcNow());
            }
            return host;
        }
        catch (IOException taken) when (taken.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            await host.DisposeAsync();
            throw new HostStartException($"{options.Urls} is in use by another program. Choose another address: --urls http://localhost:5081", taken);
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lock-step: acknowledges everything posted, looks at an agent (which may start a run), and works until nothing is ready at the clock's
    /// present time.</summary>
    public async Task StepAsync(string agent, CancellationToken cancellationToken = default)
    {
        await Services.GetRequiredService<EventLog>().DrainAsync();
        await Services.GetRequiredService<AgentWatch>().LookAsync(agent, cancellationToken);
        await Engine.RunUntilIdleAsync(cancellationToken);
    }

    /// <summary>Lock-step: works until nothing is ready at the clock's present time.</summary>
    public Task RunUntilIdleAsync(CancellationToken cancellationToken = default) => Engine.RunUntilIdleAsync(cancellationToken);

    /// <summary>A client of this host: over its port, or, where it has none, within the process.</summary>
    public HttpClient CreateClient() =>
        Url is { } url ? new HttpClient { BaseAddress = new Uri(url + "/") } : ((InProcessServer)Services.GetRequiredService<IServer>()).CreateClient();

    /// <summary>Runs until the process is asked to stop (Ctrl+C, SIGTERM), then ends gracefully.</summary>
    public async Task WaitForShutdownAsync(CancellationToken cancellationToken = default)
    {
        await _app.WaitForShutdownAsync(cancellationToken);
        await StopAsync();
    }

    /// <summary>Ends gracefully: requests under way are answered, the log is drained, the engine finishes its commit.</summary>
    public async Task StopAsync()
    {
        if (_stopped) return;
        _stopped = true;
        if (!_options.LockStep && _options.Urls is not null) new HostFolder(_options.Folder).Withdraw();
        await _app.StopAsync();
        await Services.GetRequiredService<EventLog>().DrainAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_started) await StopAsync();
        }
        finally
        {
            await _app.DisposeAsync();
            _telemetry?.Dispose();
        }
    }

    private static (WebApplication App, StoreChoice Store, TelemetrySettings Telemetry) Build(LocalHostOptions options, HostFolder folder)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = folder.Root, Args = [] });
        builder.Logging.ClearProviders();
        if (!options.Quiet)
        {
            builder.Logging.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning);
            // A start that fails is reported by whoever asked for it, as a sentence; a stack trace before it would only hide that.
            builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        }
        builder.Services.AddSingleton(options.Clock);
        var mistakes = new StartMistakes(folder);
        var store = mistakes.Try(() => StoreChoice.Of(options.Store, folder))!;
        var telemetry = mistakes.Try(() => TelemetrySettings.Read(options.Otlp, builder.Configuration))!;
        if (options.Urls is { } urls) mistakes.Try(() => ListenAddresses.Checked(urls, new ApiKeyFile(folder.Keys, TimeProvider.System).Any));
        mistakes.Try(() => builder.Services.AddAzure(builder.Configuration));
        mistakes.ThrowIfAny();
        if (store.Blob is { } blob)
        {
            // In lock-step one request comes after the other, so that waiting for others to share a flush would only cost time.
            if (options.LockStep) builder.Services.AddSingleton(new EventLogOptions());
            builder.Services.AddBlobStore(blob);
        }
        else builder.Services.AddLocalFolderStore(folder.Store, aloneOnStore: true, options.Files); // the engine locks the folder
        builder.Services.AddSingleton(store.Blob is null ? WatchPace.Local : WatchPace.Remote).AddSingleton<HostActivity>();
        builder.Services.AddSelfImprove();
        builder.Services.AddDurableEngine(engine => (engine.FilePath, engine.Manual) = (folder.Engine, options.LockStep));
        builder.Services.AddSelfImproveApi(folder.Keys);
        options.Services?.Invoke(builder.Services);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(15));
        if (!options.LockStep) builder.Services.AddHostedService<AgentWatchService>();
        if (options.Urls is null)
        {
            builder.Services.RemoveAll<IServer>();
            builder.Services.AddSingleton<IServer, InProcessServer>();
        }
        else
        {
            builder.WebHost.UseUrls(options.Urls);
            builder.WebHost.ConfigureKestrel(Limit);
            builder.Services.AddOpenApi("v1", ApiDocument.Describe);
        }

        var app = builder.Build();
        var activity = app.Services.GetRequiredService<HostActivity>();
        app.Use((context, next) =>
        {
            if (!HttpMethods.IsGet(context.Request.Method)) activity.Note();
            return next(context);
        });
        app.UseRouting();
        app.UseSelfImprove();
        app.MapSelfImprove();
        if (options.Urls is not null) app.MapOpenApi("/openapi/{documentName}.json").WithMetadata(new ApiAccess(ApiRoles.All));
        return (app, store, telemetry);
    }

    private static void Limit(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        // The API takes less and says so; a client that is still sending hears that only where the rest is read and thrown away.
        kestrel.Limits.MaxRequestBodySize = 8L * JsonBody.MaxBytes;
        kestrel.Limits.MaxRequestBufferSize = JsonBody.MaxBytes + 1;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        kestrel.Limits.MaxConcurrentConnections = 4096;
    }

    private static string UrlOf(WebApplication app)
    {
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First().TrimEnd('/');
        foreach (var any in (string[])["0.0.0.0", "[::]", "*", "+"]) address = address.Replace($"://{any}", "://localhost", StringComparison.Ordinal);
        return address;
    }
}
