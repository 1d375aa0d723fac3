using SelfImprove.Azure.Storage;
using SelfImprove.Testing;
using SelfImprove.Testing.Node;

namespace SelfImprove.Azure.Tests.Storage;

/// <summary>The real emulator on a port of its own. A test gets a container of its own.</summary>
public sealed class Azurite : IAsyncLifetime
{
    public const string Account = "devstoreaccount1";

    private static int _containers;
    private readonly TemporaryFolder? _folder;
    private readonly string[] _arguments;
    private NodeProcess? _process;

    public Azurite() : this(null, [])
    {
    }

    private Azurite(TemporaryFolder? folder, string[] arguments) => (_folder, _arguments) = (folder, arguments);

    public int Port { get; } = NodeProcess.FreePort();

    public string Endpoint => $"http://127.0.0.1:{Port}/{Account}";

    /// <summary>One that outlives its process.</summary>
    public static Azurite OnDisk() => new(new TemporaryFolder(), []);

    /// <summary>One in memory that is started with more arguments.</summary>
    public static Azurite With(params string[] arguments) => new(null, arguments);

    public static string NewContainer() => $"test-{Interlocked.Increment(ref _containers)}";

    /// <summary>The setting for a container; a new one where null.</summary>
    public string Setting(string? container = null, string? endpoint = null) =>
        $"azure:UseDevelopmentStorage=true;BlobEndpoint={endpoint ?? Endpoint};Container={container ?? NewContainer()}";

    public BlobStoreSettings Settings(string? container = null, string? endpoint = null) => BlobStoreSettings.Parse(Setting(container, endpoint), _ => null);

    public async Task InitializeAsync()
    {
        string[] place = _folder is null ? ["--inMemoryPersistence"] : ["--location", _folder.Path];
        _process = NodeProcess.Start(
            await NodePackages.FileAsync("azurite/dist/src/blob/main.js"), ["--blobPort", $"{Port}", "--silent", "--disableTelemetry", .. place, .. _arguments]);
        await _process.ListensAsync(Port);
    }

    /// <summary>Ends it as Ctrl+C does: what it acknowledged is on its disk then. (Killed, it may lose 5 s: it is no real storage.)</summary>
    public Task StopAsync() => _process!.InterruptAsync();

    public async Task DisposeAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        _folder?.Dispose();
    }
}

[CollectionDefinition(nameof(Azurite))]
public sealed class AzuriteTests : ICollectionFixture<Azurite>;
