using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Agents.Manifests;
using SelfImprove.Azure.Tests.Arm;
using SelfImprove.Azure.Training;
using SelfImprove.Runs;
using SelfImprove.Storage;
using SelfImprove.Testing.Loop;
using SelfImprove.Testing.Storage;
using SelfImprove.Training;

namespace SelfImprove.Azure.Tests.Training;

/// <summary>A host with the training targets of a fake workspace, on a clock that the test sets.</summary>
public sealed class WorkspaceWorld : IAsyncDisposable
{
    public const string Dataset = "runs/desk/desk-0001/dataset-1.jsonl";
    public const string Row = """{"messages":[{"role":"user","content":"hello"},{"role":"assistant","content":"billing"}]}""" + "\n";
    public const string Registry = "azureml://registries/azureml-meta/models/Llama-2-7b/versions/11";

    private readonly ServiceProvider _services;

    private WorkspaceWorld(FakeArm arm, FakeWorkspace workspace, FakeDatastore datastore, SettableClock clock, ServiceProvider services) =>
        (Arm, Workspace, Datastore, Clock, _services) = (arm, workspace, datastore, clock, services);

    public FakeArm Arm { get; }

    public FakeWorkspace Workspace { get; }

    public FakeDatastore Datastore { get; }

    public SettableClock Clock { get; }

    public ITrainer Trainer => _services.GetServices<ITrainer>().Single(t => t.Name == "azureml");

    public ITrainer Managed => _services.GetServices<ITrainer>().Single(t => t.Name == "azureml-finetuning");

    public WorldStore Store => (WorldStore)_services.GetRequiredService<IObjectStore>();

    public static TrainingCode Code { get; } = new(new Dictionary<string, byte[]> { ["train.py"] = "print('hi')"u8.ToArray(),
        ["finetune/run.py"] = "pass"u8.ToArray() });

    public static async Task<WorkspaceWorld> CreateAsync()
    {
        var clock = new SettableClock(new DateTimeOffset(2026, 11, 1, 8, 0, 0, TimeSpan.Zero));
        var (workspace, datastore) = (new FakeWorkspace(), new FakeDatastore());
        var arm = await FakeArm.StartAsync(clock, workspace, datastore);
        var services = new ServiceCollection().AddSingleton<TimeProvider>(clock).AddSingleton<IObjectStore>(new WorldStore()).AddStoreParts();
        AddTo(services, arm);
        var world = new WorkspaceWorld(arm, workspace, datastore, clock, services.BuildServiceProvider());
        await world.Store.WriteAsync(Dataset, Encoding.UTF8.GetBytes(Row));
        return world;
    }

    /// <summary>Registers the targets as a host does.</summary>
    public static void AddTo(IServiceCollection services, FakeArm arm) => services
        .AddSingleton(new TrainingConnections(arm.Tokens) { Azure = FakeArm.Transport, RetryDelay = TimeSpan.FromMilliseconds(1) })
        .AddSingleton(Code)
        .AddAzureTraining(new ConfigurationBuilder().AddInMemoryCollection(Settings(arm)).Build());

    public static Dictionary<string, string?> Settings(FakeArm arm) => new()
    {
        ["training:azureml:workspace"] = FakeWorkspace.Id,
        ["training:azureml:endpoint"] = arm.Endpoint.AbsoluteUri,
        ["training:azureml:blobEndpoint"] = arm.Endpoint.AbsoluteUri,
        ["training:azureml:allowPreview"] = "true",
        ["training:azureml:profiles:small:baseModel"] = "Qwen/Qwen3-0.6B",
        ["training:azureml:profiles:small:environment"] = "azureml:acpt-lora:3",
        ["training:azureml:profiles:small:instanceType"] = "Standard_NC24ads_A100_v4",
        ["training:azureml:profiles:small:jobTier"] = "Spot",
        ["training:azureml:profiles:small:timeout"] = "08:00:00",
        ["training:azureml:profiles:small:pricePerHour"] = "3.5",
        ["training:azureml:profiles:small:installRequirements"] = "true",
        ["training:azureml:profiles:small:options:epochs"] = "2",
        ["training:azureml:profiles:small:options:load-in-4bit"] = "true",
        ["training:azureml:profiles:small:options:merge"] = "false",
        ["training:azureml:profiles:small:tunable:0"] = "epochs",
        ["training:azureml:profiles:big:baseModel"] = "Qwen/Qwen2.5-VL-7B-Instruct",
        ["training:azureml:profiles:big:environment"] = "azureml://registries/azureml/environments/acpt/versions/5",
        ["training:azureml:profiles:big:compute"] = "gpu-cluster",
        ["training:azureml:profiles:big:instances"] = "2",
        ["training:azureml:profiles:big:processes"] = "4",
        ["training:azureml:profiles:big:identity"] = "Managed",
        ["training:azureml:profiles:big:clientId"] = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
        ["training:azureml:profiles:big:shmSize"] = "16g",
        ["training:azureml:profiles:big:pricePerHour"] = "30",
        ["training:azureml:profiles:big:images"] = "true",
        ["training:azureml:fineTuning:llama:baseModel"] = Registry,
        ["training:azureml:fineTuning:llama:instanceType"] = "Standard_ND96amsr_A100_v4",
        ["training:azureml:fineTuning:llama:options:num_train_epochs"] = "3",
    };

    public static TrainingJob Job(string? profile = "small", string format = "sft", HyperparameterSettings? tuning = null) => new(
        new RunRef("desk", "desk-0001", 1, 1), Dataset, format, "builtin:x", new TaskSettings(),
        new StudentSettings { Trainer = "azureml", Profile = profile, Seed = 7, Hyperparameters = tuning ?? new() });

    public Task<string> SubmitAsync(string key = "key", TrainingJob? job = null) => Trainer.SubmitAsync(job ?? Job(), key);

    public static string NameOf(string jobId) => jobId["desk/".Length..];

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Arm.DisposeAsync();
    }
}
