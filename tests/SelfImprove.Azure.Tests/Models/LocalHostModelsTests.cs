using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Agents.Manifests;
using SelfImprove.Durable;
using SelfImprove.Local.Hosting;
using SelfImprove.Models;
using SelfImprove.Testing;

namespace SelfImprove.Azure.Tests.Models;

public sealed class LocalHostModelsTests
{
    [Fact]
    public async Task Start_WithEndpointsInAppsettings_OpensTheirModels()
    {
        using var folder = new TemporaryFolder();
        await using var server = (await FakeModelServer.StartAsync()).ReplyText("fine");
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "appsettings.json"),
            """{"models":{"endpoints":{"own":{"url":"URL","auth":"none","allowPrivate":true}}}}""".Replace("URL", server.Url.ToString(), StringComparison.Ordinal));
        await using var host = await LocalHost.StartAsync(new LocalHostOptions { Folder = folder.Path, Urls = null, LockStep = true, Clock = new VirtualClock(), Quiet = true });

        var model = await host.Services.GetRequiredService<ModelCatalog>().OpenAsync("openai:own/qwen", new TaskSettings());

        (await model.AnswerAsync(new ModelRequest([ChatMessage.User("hello")]))).Output.Text.ShouldBe("fine");
    }

    [Fact]
    public async Task Start_WithMistakes_SaysAllAndWhere()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "appsettings.json"), """{"models":{"endpoints":{"own":{"auth":"none"},"two":{"url":"https://x.example/"}}}}""");

        var failure = await Should.ThrowAsync<HostStartException>(() => LocalHost.StartAsync(new LocalHostOptions { Folder = folder.Path, Urls = null, LockStep = true, Quiet = true }));

        failure.Message.ShouldSatisfyAllConditions(
            m => m.ShouldContain("2 mistakes"), m => m.ShouldContain("models:endpoints:own:url"), m => m.ShouldContain("models:endpoints:two:auth"), m => m.ShouldContain("appsettings.json"));
    }
}
