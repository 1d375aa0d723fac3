using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Azure.Tests.Arm;
using SelfImprove.Azure.Training;
using SelfImprove.Storage;
using SelfImprove.Testing.Loop;
using SelfImprove.Testing.Storage;
using SelfImprove.Training;

namespace SelfImprove.Azure.Tests.Training;

/// <summary>A host with the training target <c>openai</c>, on a clock that the test sets.</summary>
public sealed class ServiceWorld : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private ServiceWorld(ServiceProvider services, SettableClock clock) => (_services, Clock) = (services, clock);

    public SettableClock Clock { get; }

    public ITrainer Trainer => _services.GetServices<ITrainer>().Single();

    public WorldStore Store => (WorldStore)_services.GetRequiredService<IObjectStore>();

    public static async Task<ServiceWorld> CreateAsync(Uri url, string auth = "api-key", bool metadata = false, string baseModel = "gpt-4.1-mini")
    {
        var clock = new SettableClock(new DateTimeOffset(2026, 11, 1, 8, 0, 0, TimeSpan.Zero));
        var services = new ServiceCollection().AddSingleton<TimeProvider>(clock).AddSingleton<IObjectStore>(new WorldStore()).AddStoreParts()
            .AddSingleton(new TrainingConnections(new FakeArmTokens(clock)) { Secret = (name, to) => name == "tuner" && to == url ? FakeFineTuning.Key
                : throw new InvalidOperationException("leak") })
            .AddAzureTraining(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["training:openai:url"] = url.AbsoluteUri,
                ["training:openai:auth"] = auth,
                ["training:openai:secret"] = "tuner",
                ["training:openai:endpoint"] = "main",
                ["training:openai:metadata"] = metadata.ToString(),
                ["training:openai:profiles:mini:baseModel"] = baseModel,
                ["training:openai:profiles:mini:trainingType"] = metadata ? null : "GlobalStandard",
                ["training:openai:profiles:mini:pricePerMillionTokens"] = "3",
                ["training:openai:profiles:mini:pricePerHour"] = "10",
                ["training:openai:profiles:mini:options:n_epochs"] = "2",
                ["training:openai:profiles:mini:tunable:0"] = "beta",
                ["training:openai:profiles:mini:tunable:1"] = "learningRateMultiplier",
            }).Build());
        var world = new ServiceWorld(services.BuildServiceProvider(), clock);
        await world.Store.WriteAsync(WorkspaceWorld.Dataset, Encoding.UTF8.GetBytes(WorkspaceWorld.Row));
        return world;
    }

    public static TrainingJob Job(string format = "sft") => WorkspaceWorld.Job("mini", format);

    public Task<string> SubmitAsync(string key = "key", TrainingJob? job = null) => Trainer.SubmitAsync(job ?? Job(), key);

    public async ValueTask DisposeAsync() => await _services.DisposeAsync();
}
