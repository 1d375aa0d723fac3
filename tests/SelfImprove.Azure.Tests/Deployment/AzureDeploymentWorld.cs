using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Agents;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Agents.Versions;
using SelfImprove.Audit;
using SelfImprove.Azure.Arm;
using SelfImprove.Azure.Deployment;
using SelfImprove.Azure.Tests.Arm;
using SelfImprove.DataGeneration;
using SelfImprove.DataGeneration.TeacherEndpoints;
using SelfImprove.Deployment;
using SelfImprove.Deployment.Targets;
using SelfImprove.Models;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Storage;
using SelfImprove.Testing;
using SelfImprove.Testing.Loop;

namespace SelfImprove.Azure.Tests.Deployment;

/// <summary>An agent with two versions on the embedded engine, in virtual time, and a fake Azure that keeps to the same clock.</summary>
internal sealed class AzureDeploymentWorld : IAsyncDisposable
{
    public const string Agent = "helpdesk", Run = "helpdesk-0001";

    private AzureDeploymentWorld(DurableHarness harness) => Harness = harness;

    public DurableHarness Harness { get; }

    public FakeArm Arm { get; private set; } = null!;

    public FakeOnlineEndpoints Online { get; } = new();

    public FakeOpenAiAccount OpenAi { get; } = new();

    public static RunRef RunRef => new(Agent, Run, 1, 1);

    public static Dictionary<string, string?> Configuration => new()
    {
        ["deployment:subscription"] = FakeWorkspace.Subscription,
        ["deployment:resourceGroup"] = "ml",
        ["deployment:workspace"] = "lab",
        ["deployment:location"] = "eastus2",
        ["deployment:account"] = "ai",
        ["deployment:onlineProfiles:gpu:endpoint"] = "si-{agent}",
        ["deployment:onlineProfiles:gpu:modelEndpoint"] = "ml-{agent}",
        ["deployment:onlineProfiles:gpu:environment"] = "azureml:vllm:3",
        ["deployment:onlineProfiles:gpu:instanceType"] = "Standard_NC24ads_A100_v4",
        ["deployment:onlineProfiles:gpu:variables:VLLM_ARGS"] = "--max-model-len 8192",
        ["deployment:openAiProfiles:teachers:modelEndpoint"] = "azure",
        ["deployment:openAiProfiles:teachers:teacherModels:0"] = "gpt-4.1",
        ["deployment:openAiProfiles:teachers:capacity"] = "5",
        ["models:endpoints:azure:url"] = "https://ai.openai.azure.com/openai/v1/",
        ["models:endpoints:azure:auth"] = "entra",
    };

    public T Get<T>() where T : notnull => Harness.Services.GetRequiredService<T>();

    public static async Task<AzureDeploymentWorld> CreateAsync(string target, string model = "azureml:helpdesk/2", TeacherSettings? teacher = null)
    {
        AzureDeploymentWorld? world = null;
        var store = new WorldStore();
        var registry = new OrchestrationRegistry().AddDeployment().AddDataGeneration();
        var harness = await DurableHarness.OpenAsync(registry, services => services
            .AddSingleton<IObjectStore>(store).AddStoreParts().AddAgents().AddAudit().AddDeployment()
            .AddSingleton<RunGuard>().AddSingleton<SpendBook>().AddSingleton<ModelCatalog>()
            .AddSingleton<TeacherHosts>().AddSingleton<EndpointLeases>().AddSingleton<TeacherEndpointJanitor>()
            .AddSingleton(_ => world!.Arm.Client())
            .AddAzureDeployment(new ConfigurationBuilder().AddInMemoryCollection(Configuration).Build()));
        world = new AzureDeploymentWorld(harness);
        world.Arm = await FakeArm.StartAsync(harness.Clock, new FakeWorkspace(), world.Online, world.OpenAi);
        (world.Arm.Operations.Looks, world.Arm.Operations.Duration) = (0, TimeSpan.FromMinutes(3));
        await world.Get<ManifestStore>().PutAsync(new AgentManifest
        {
            Agent = Agent,
            Goal = new GoalSettings { Metric = "helpful", Target = 0.9 },
            Metrics = [new MetricSettings { Name = "helpful" }],
            Task = new TaskSettings { Labels = ["billing", "access"] },
            Student = new StudentSettings { Trainer = "azureml" },
            Teachers = teacher is null ? [] : [teacher],
            Deployment = new DeploymentSettings { Target = target, ReadyWithin = TimeSpan.FromMinutes(30) },
        });
        await world.Get<VersionStore>().RegisterAsync(new VersionDraft { Agent = Agent, Model = "azureml:helpdesk:1" });
        await world.Get<VersionStore>().RegisterAsync(new VersionDraft { Agent = Agent, Model = model });
        await world.Get<LeaseBook>().TryAcquireAsync(LeaseBook.ForAgent(Agent), Run);
        return world;
    }

    public async Task<DeployOutput> DeployAsync(string version = "v2", string by = "1")
    {
        var id = $"{Run}/deploy/{version}/{by}";
        await Harness.Client.StartAsync(DeployVersion.Ref, id, new DeployInput(Agent, version, RunRef));
        var state = await Harness.RunToEndAsync(id);
        return state.OutputAs<DeployOutput>() ?? throw new InvalidOperationException(state.Failure?.Message);
    }

    public async Task<Retirement> RetireAsync(string version = "v2", string by = "test")
    {
        var id = RetireVersion.InstanceId(Agent, version, by);
        await Harness.Client.StartAsync(RetireVersion.Ref, id, new RetireInput(Agent, version, Harness.Now, "test"));
        return (await Harness.RunToEndAsync(id)).OutputAs<Retirement>();
    }

    public async Task<string?> ShiftAsync(TrafficWish wish, string version = "v2", string by = "1")
    {
        var id = $"{Run}/traffic/{version}/{by}";
        await Harness.Client.StartAsync(ShiftTraffic.Ref, id, new ShiftTrafficInput(RunRef, version, wish));
        var state = await Harness.RunToEndAsync(id);
        return (state.OutputAs<ShiftTrafficOutput>() ?? throw new InvalidOperationException(state.Failure?.Message)).Note;
    }

    public async ValueTask DisposeAsync()
    {
        await Harness.DisposeAsync();
        await Arm.DisposeAsync();
    }
}
