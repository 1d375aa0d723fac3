using Azure.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SelfImprove.Agents.Manifests;
using SelfImprove.Azure.Models;
using SelfImprove.Azure.Outbound;
using SelfImprove.Models;
using SelfImprove.Testing;

namespace SelfImprove.Azure.Tests.Models;

/// <summary>A host's services with one endpoint, <c>main</c>, at a fake server; more by settings.</summary>
internal sealed class EndpointWorld : IAsyncDisposable
{
    public const string Key = "key-7f3d9a52c1";

    private ServiceProvider _services = null!;

    public FakeModelServer Server { get; private init; } = null!;

    public HurriedClock Clock { get; } = new(TimeSpan.FromSeconds(59));

    public CollectingLogger Log { get; } = new();

    public ModelEndpoints Endpoints => _services.GetRequiredService<ModelEndpoints>();

    public IServiceProvider Services => _services;

    public string Authority => Server.Url.Authority;

    public static async Task<EndpointWorld> StartAsync(params (string Path, string? Value)[] settings)
    {
        var world = new EndpointWorld { Server = await FakeModelServer.StartAsync() };
        var all = new Dictionary<string, string?>
        {
            ["keys:main"] = Key,
            ["secrets:main-key:setting"] = "keys:main",
            ["secrets:main-key:hosts:0"] = world.Authority,
            ["models:endpoints:main:url"] = world.Server.Url.ToString(),
            ["models:endpoints:main:auth"] = "bearer",
            ["models:endpoints:main:secret"] = "main-key",
            ["models:endpoints:main:allowPrivate"] = "true",
            ["models:endpoints:main:prices:m:input"] = "2",
            ["models:endpoints:main:prices:m:cachedInput"] = "0.5",
            ["models:endpoints:main:prices:m:output"] = "8",
        };
        foreach (var (path, value) in settings) all[path] = value?.Replace("{authority}", world.Authority, StringComparison.Ordinal);
        world._services = ServicesOf(all, world.Clock, world.Log);
        return world;
    }

    public static ServiceProvider ServicesOf(IEnumerable<KeyValuePair<string, string?>> settings, TimeProvider clock, ILoggerProvider log, HostLookup? lookup = null, TokenCredential? credential = null)
    {
        var services = new ServiceCollection().AddSingleton(clock).AddSingleton<ModelCatalog>().AddLogging(l => l.AddProvider(log).SetMinimumLevel(LogLevel.Trace));
        if (lookup is not null) services.AddSingleton(new OutboundHttp(new OutboundSettings(), clock, lookup));
        if (credential is not null) services.AddSingleton(credential);
        return services.AddAzureModels(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()).BuildServiceProvider();
    }

    public Task<IChatModel> OpenAsync(string reference = "openai:main/m") => _services.GetRequiredService<ModelCatalog>().OpenAsync(reference, new TaskSettings());

    public async Task<ModelAnswer> AskAsync(string text = "hello", CancellationToken cancellationToken = default) =>
        await (await OpenAsync()).AnswerAsync(new ModelRequest([ChatMessage.User(text)]), cancellationToken);

    public async Task<List<AnswerPiece>> StreamAsync(List<AnswerPiece>? pieces = null, CancellationToken cancellationToken = default)
    {
        pieces ??= [];
        await foreach (var piece in (await OpenAsync()).StreamAsync(new ModelRequest([ChatMessage.User("hello")]), cancellationToken)) pieces.Add(piece);
        return pieces;
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Server.DisposeAsync();
    }
}
