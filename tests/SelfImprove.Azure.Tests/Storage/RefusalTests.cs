using SelfImprove.Azure.Storage;
using SelfImprove.Orchestration;
using SelfImprove.Storage;
using SelfImprove.Testing.Node;

namespace SelfImprove.Azure.Tests.Storage;

/// <summary>What the service refuses, and what never answers: errors for people, and what the seam makes of them.</summary>
[Collection(nameof(Azurite))]
public sealed class RefusalTests(Azurite azurite) : IAsyncLifetime
{
    private const string WrongKey = "d3Jvbmcga2V5LCBidXQgYmFzZTY0";
    private FaultProxy _proxy = null!;

    public async Task InitializeAsync() => _proxy = await FaultProxy.StartAsync(azurite);

    public async Task DisposeAsync() => await _proxy.DisposeAsync();

    [Fact]
    public async Task OpenAsync_WrongKey_SaysSoWithoutTheKey()
    {
        var settings = BlobStoreSettings.Parse("azure:env:STORE", name => name == "STORE" ? $"AccountName={Azurite.Account};AccountKey={WrongKey};BlobEndpoint={azurite.Endpoint}" : null);
        using var store = new AzureBlobStore(settings);
        var refused = await Should.ThrowAsync<StorageException>(() => store.OpenAsync());

        refused.Message.ShouldContain("it refuses the key of the account 'devstoreaccount1'. Check AccountKey and AccountName in the environment variable STORE");
        refused.ToString().ShouldNotContain(WrongKey);
        Failure.From(refused).IsTransient.ShouldBeFalse();
    }

    [Fact]
    public async Task AnyCall_MissingContainer_IsMadeAtTheFirstRequest()
    {
        var settings = azurite.Settings();
        using var store = new AzureBlobStore(settings);
        using var other = new AzureBlobStore(settings);
        (await store.ReadAsync("a/x")).ShouldBeNull();
        await other.WriteAsync("a/x", new byte[1]);
        (await store.ReadAsync("a/x")).ShouldNotBeNull();
    }

    [Fact]
    public async Task AnyCall_ContainerGoneMeanwhile_IsAnErrorAndNotAnEmptyStore()
    {
        using var store = Through(_proxy);
        await store.OpenAsync();
        var gone = new Fault(false, Fault.Says(404, "ContainerNotFound"));
        _proxy.Breaks(_ => true, gone).Breaks(_ => true, gone).Breaks(_ => true, gone).Breaks(_ => true, gone);

        (await Should.ThrowAsync<StorageException>(() => store.ReadAsync("a/x"))).Message.ShouldContain("the container is gone");
        await Should.ThrowAsync<StorageException>(() => store.WriteAsync("a/x", new byte[1]));
        await Should.ThrowAsync<StorageException>(() => store.DeleteAsync("a/x"));
        await Should.ThrowAsync<StorageException>(async () => await store.ListAsync("").ToListAsync());
    }

    [Fact]
    public async Task WriteAsync_BusyForGood_IsTriedAsOftenAsToldAndTransient()
    {
        using var store = Through(_proxy);
        await store.OpenAsync();
        var before = _proxy.Seen.Count;
        for (var i = 0; i < 4; i++) _proxy.Breaks(_ => true, new Fault(false, Fault.Says(503, "ServerBusy", ("Retry-After", "0"))));

        var busy = await Should.ThrowAsync<StorageException>(() => store.WriteAsync("a/x", new byte[1]));
        busy.Message.ShouldContain("(503 ServerBusy): it is busy or out of order");
        Failure.From(busy).IsTransient.ShouldBeTrue();
        (_proxy.Seen.Count - before).ShouldBe(4);
        (await store.ReadAsync("a/x")).ShouldBeNull();
    }

    [Fact]
    public async Task AnyCall_NobodyListens_SaysSoAndIsTransient()
    {
        using var store = new AzureBlobStore(azurite.Settings(endpoint: $"http://127.0.0.1:{NodeProcess.FreePort()}/{Azurite.Account}"), options: Quick());
        var gone = await Should.ThrowAsync<StorageException>(() => store.ReadAsync("a/x"));
        gone.Message.ShouldContain("can't be reached");
        gone.Message.ShouldContain("Is Azurite running there?");
        Failure.From(gone).IsTransient.ShouldBeTrue();
    }

    [Fact]
    public async Task AnyCall_NeverAnswered_EndsWithItsCancellation()
    {
        using var store = Through(_proxy);
        await store.OpenAsync();
        using var stop = new CancellationTokenSource();
        _proxy.Breaks(_ => true, new Fault(true, Fault.Hang, () =>
        {
            stop.Cancel();
            return Task.CompletedTask;
        }));
        await Should.ThrowAsync<OperationCanceledException>(() => store.ReadAsync("a/x", null, stop.Token));
    }

    [Fact]
    public async Task AnyCall_Redirected_IsNotFollowed()
    {
        using var store = Through(_proxy);
        await store.OpenAsync();
        var before = _proxy.Seen.Count;
        _proxy.Breaks(_ => true, new Fault(false, Fault.Says(307, null, ("Location", $"{_proxy.Endpoint}/elsewhere/x"))));
        await Should.ThrowAsync<StorageException>(() => store.ReadAsync("a/x"));
        (_proxy.Seen.Count - before).ShouldBe(1);
    }

    // Azurite lets it happen; the service does not.
    [Fact]
    public async Task WriteAsync_OverAnAppendedObject_AsTheServiceAnswers()
    {
        using var store = Through(_proxy);
        await store.AppendAsync("a/log", new byte[3], 0);
        var other = new Fault(false, Fault.Says(409, "InvalidBlobType"));

        _proxy.Breaks(_ => true, other);
        (await Should.ThrowAsync<StorageException>(() => store.WriteAsync("a/log", new byte[1]))).Message.ShouldContain("Delete it first");
        _proxy.Breaks(_ => true, other);
        (await store.WriteAsync("a/log", new byte[1], WriteCondition.IfAbsent)).Written.ShouldBeFalse();
        _proxy.Breaks(_ => true, other);
        (await store.WriteAsync("a/log", new byte[1], WriteCondition.IfMatch("\"0x1\""))).Written.ShouldBeFalse();
        (await store.ReadAsync("a/log"))!.Length.ShouldBe(3);
    }

    [Theory]
    [InlineData(403, "AuthorizationPermissionMismatch", "Storage Blob Data Contributor")]
    [InlineData(403, "KeyBasedAuthenticationNotPermitted", "Use Entra ID: azure:http")]
    [InlineData(403, "AuthorizationFailure", "firewall")]
    [InlineData(409, "BlockCountExceedsLimit", "50,000")]
    [InlineData(413, "RequestBodyTooLarge", "too much for one request")]
    [InlineData(400, "InvalidUri", "InvalidUri")]
    public async Task AppendAsync_Refused_SaysWhatToDo(int status, string code, string advice)
    {
        using var store = Through(_proxy);
        await store.AppendAsync("a/log", new byte[3], 0);
        _proxy.Breaks(_ => true, new Fault(false, Fault.Says(status, code, ("x-ms-request-id", "r-1"))));
        var refused = await Should.ThrowAsync<StorageException>(() => store.AppendAsync("a/log", new byte[3], 3));
        refused.Message.ShouldContain(advice);
        refused.Message.ShouldContain($"({status} {code}, request r-1)");
        Failure.From(refused).IsTransient.ShouldBeFalse();
    }

    // Signed by the host's name instead of the path: the service's own form of addresses.
    [Fact]
    public async Task AnyCall_AccountInTheHostName_IsSignedToo()
    {
        var loopback = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, stop) =>
            {
                var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
                await socket.ConnectAsync(System.Net.IPAddress.Loopback, azurite.Port, stop);
                return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
            },
        });
        var options = new BlobStoreOptions { Transport = new global::Azure.Core.Pipeline.HttpClientTransport(loopback) };
        using var store = new AzureBlobStore(azurite.Settings(endpoint: $"http://{Azurite.Account}.blob.localhost:{azurite.Port}"), options: options);
        await store.WriteAsync("a/x", "x"u8.ToArray());
        (await store.ListAsync("a/", "a/a").ToListAsync()).ShouldBe([new StoredEntry("a/x", 1)]);
    }

    private AzureBlobStore Through(FaultProxy proxy) => new(azurite.Settings(endpoint: proxy.Endpoint), options: Quick());

    private static BlobStoreOptions Quick() => new() { Retry = { Delay = TimeSpan.FromMilliseconds(5), MaxRetries = 3 } };
}
