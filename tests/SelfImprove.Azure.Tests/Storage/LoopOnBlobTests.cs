using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Agents.Manifests;
using SelfImprove.Azure.Storage;
using SelfImprove.Local.Commands;
using SelfImprove.Local.Hosting;
using SelfImprove.Loop;
using SelfImprove.Monitoring.Log;
using SelfImprove.Runs;
using SelfImprove.Storage;
using SelfImprove.Testing;
using SelfImprove.Testing.Loop;

namespace SelfImprove.Azure.Tests.Storage;

/// <summary>The product with its store on the Blob service.</summary>
[Collection(nameof(Azurite))]
public sealed class LoopOnBlobTests(Azurite azurite) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Improvement_StoreOnBlob_GoesToItsPromotion()
    {
        using var store = new AzureBlobStore(azurite.Settings());
        await using var world = await ImprovementWorld.OpenAsync(
            m => m with
            {
                Triggers = [new TriggerSettings { Kind = TriggerKind.Request }],
                Planning = m.Planning with { MaxWait = 0 },
                Evaluation = m.Evaluation with { Items = 60, MaxItems = 80, ValidationShare = 0.25 },
            },
            alwaysReplay: false, configure: services => services.AddSingleton<IObjectStore>(store));
        await world.ServeAsync(320, world.AnyClass);
        await world.RequestAsync();
        var outcome = await world.EndAsync();

        outcome.Ending.ShouldBe(ImprovementEnding.Promoted, outcome.Reason);
        (await world.RoutingAsync()).Champion.ShouldBe("v2");
        world.Store.Paths.ShouldBeEmpty(); // nothing went past the Blob store
        (await new Audit.AuditVerifier(store).VerifyAsync(ImprovementWorld.Agent, [])).Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task LocalHost_StoreOnBlob_IdleLookStaysWithinItsTransactions()
    {
        await using var proxy = await FaultProxy.StartAsync(azurite);
        await using var host = await LocalHost.StartAsync(Options(azurite.Setting(endpoint: proxy.Endpoint)) with { LockStep = true });
        await PutAgentAsync(host);
        for (var i = 0; i < 3; i++) await host.StepAsync("desk");
        await host.Services.GetRequiredService<Janitor>().TidyAsync();

        var before = proxy.Seen.Count;
        await host.Services.GetRequiredService<ManifestStore>().ListAgentsAsync();
        await host.StepAsync("desk");
        await host.Services.GetRequiredService<Janitor>().TidyAsync();
        var look = proxy.Seen.Skip(before).ToList();
        look.Count.ShouldBeLessThanOrEqualTo(30, string.Join('\n', look));

        // 30 a look, a look a minute: at most 43,200 a day and agent.
        WatchPace.Remote.IsDue(TimeSpan.FromSeconds(59), active: false).ShouldBeFalse();
        WatchPace.Remote.IsDue(TimeSpan.FromSeconds(60), active: false).ShouldBeTrue();
        WatchPace.Remote.IsDue(TimeSpan.FromSeconds(5), active: true).ShouldBeTrue();
        WatchPace.Remote.IsDue(TimeSpan.FromSeconds(4), active: true).ShouldBeFalse();
    }

    [Fact]
    public async Task LocalHost_StoreOnBlob_RemembersItAndRefusesAnother()
    {
        var setting = azurite.Setting();
        await using (var host = await LocalHost.StartAsync(Options(setting)))
        {
            host.Services.GetRequiredService<EventLogOptions>().FlushWindow.ShouldBe(TimeSpan.FromMilliseconds(100));
            await PutAgentAsync(host);
        }
        Directory.Exists(Path.Combine(_folder.Path, "store")).ShouldBeFalse();
        await using (var again = await LocalHost.StartAsync(Options(null)))
            (await again.Services.GetRequiredService<ManifestStore>().ListAgentsAsync()).ShouldBe(["desk"]);

        foreach (var other in new[] { StoreChoice.Local, azurite.Setting() })
            (await Should.ThrowAsync<HostStartException>(() => LocalHost.StartAsync(Options(other)))).Message.ShouldContain($"works with the store '{setting}', not with '{other}'");
    }

    [Fact]
    public async Task Command_WrongStore_ListsEveryMistakeAndMakesNothing()
    {
        using var error = new StringWriter();
        var folder = Path.Combine(_folder.Path, "new");
        var code = await CommandLine.RunAsync(["status", "--folder", folder, "--store", "azure:AccountName=ACCT;Container=x"], TextWriter.Null, error);

        code.ShouldBe(2);
        error.ToString().ShouldContain("AccountName must be");
        error.ToString().ShouldContain("'x' can't be a container's name");
        Directory.Exists(folder).ShouldBeFalse();
    }

    private LocalHostOptions Options(string? store) => new() { Folder = _folder.Path, Store = store, Urls = null, Quiet = true };

    private static async Task PutAgentAsync(LocalHost host) => await host.Services.GetRequiredService<ManifestStore>().PutAsync(SmallManifest.Create(new SmallTask(10, 7)) with { Agent = "desk" });
}
