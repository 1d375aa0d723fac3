using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Agents.Manifests;
using SelfImprove.Azure.Deployment;
using SelfImprove.Azure.Models;
using SelfImprove.Azure.Tests.Arm;
using SelfImprove.Azure.Tests.Deployment;
using SelfImprove.Azure.Tests.Models;
using SelfImprove.Azure.Tests.Training;
using SelfImprove.Loop;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Testing.Loop;

namespace SelfImprove.Azure.Tests.Faults;

/// <summary>
/// A drifted agent whose teacher is a model behind an endpoint, whose student is trained by a job of a fake workspace and answers from a deployment on a fake online
/// endpoint, all on the world's own clock. The server behind both endpoints knows the truth, and a deployment answers there only while it is healthy.
/// </summary>
internal sealed class AzureRunWorld : IAsyncDisposable
{
    public const string Agent = ImprovementWorld.Agent, Run = DriftedWorld.Run, Endpoint = "si-desk";
    public const decimal Price = 0.004m, TrainingPrice = 3, HourPrice = 3.5m;

    private readonly ConcurrentQueue<string> _questions = new();
    private int _refused;

    private AzureRunWorld(FakeArm arm, FakeModelServer server) => (Arm, Server) = (arm, server);

    public ImprovementWorld World { get; private set; } = null!;

    public FakeArm Arm { get; }

    public FakeModelServer Server { get; }

    public FakeWorkspace Workspace { get; private init; } = null!;

    public FakeOnlineEndpoints Online { get; private init; } = null!;

    /// <summary>How long a job is at work, after ten minutes in the queue.</summary>
    public TimeSpan JobTakes { get; set; } = TimeSpan.FromHours(2);

    /// <summary>What a job's status is in place of that, by its name and age; null for no other.</summary>
    public Func<string, TimeSpan, string?> JobScript { get; set; } = (_, _) => null;

    /// <summary>How often the process died where the world was told to.</summary>
    public int Deaths { get; private set; }

    public static async Task<AzureRunWorld> StartAsync(DriftedWorld origin, string name, Func<AgentManifest, AgentManifest>? change = null)
    {
        var clock = new LateClock();
        var (workspace, online) = (new FakeWorkspace(), new FakeOnlineEndpoints());
        var arm = await FakeArm.StartAsync(clock, workspace, new FakeDatastore(), online);
        (arm.Operations.Looks, arm.Operations.Duration) = (0, TimeSpan.FromMinutes(3));
        var made = new AzureRunWorld(arm, await FakeModelServer.StartAsync()) { Workspace = workspace, Online = online };
        made.Server.Reply(made.AnswerAsync);
        workspace.Script = (job, _, age) => made.JobScript(job, age) ?? (age < TimeSpan.FromMinutes(10) ? "Queued" : age < TimeSpan.FromMinutes(10) + made.JobTakes ? "Running" : "Completed");
        made.World = await origin.ForkAsync(m => (change ?? (n => n))(ManifestOf(m)), made.AddTo, name);
        clock.Inner = made.World.Clock;
        return made;
    }

    /// <summary>Serves and looks until the run has ended: an experiment gets traffic, a job gets time.</summary>
    /// <param name="step">How much time passes at once while a job is at work; 10 minutes where null.</param>
    /// <param name="each">Called after each look.</param>
    public async Task<ImprovementOutcome> EndAsync(TimeSpan? step = null, Func<Task>? each = null)
    {
        for (var turn = 0; turn < 600; turn++)
        {
            await LookAsync();
            var state = await World.RunStateAsync(Run);
            if (state is { Status: OrchestrationStatus.Completed }) return state.OutputAs<ImprovementOutcome>()!;
            if (state is { HasEnded: true }) throw new InvalidOperationException($"{Run} ended as {state.Status}: {state.Failure?.Message}");
            if (each is not null) await each();
            var isTested = (await World.RoutingAsync()).Experiment is not null;
            _refused += await World.ServeAsync(isTested ? 40 : 4, World.AnyClass);
            if (!isTested) World.Clock.Advance(Workspace.Made.Any(IsAtWork) ? step ?? TimeSpan.FromMinutes(10) : TimeSpan.FromMinutes(2));
        }
        throw new InvalidOperationException($"{Run} did not end: {await World.RunStateAsync(Run)}");
    }

    /// <summary>
    /// What must be so after every ending: nobody was refused an answer, the champion answers; every question, job and deployment was asked for once and is in the
    /// book once; and once the janitor has been round, nothing runs that nobody uses.
    /// </summary>
    /// <param name="outcome">How the run ended.</param>
    /// <param name="jobs">How many jobs there were to be.</param>
    /// <param name="hours">How long they were at work, together.</param>
    /// <param name="deployments">How many deployments there were to be made.</param>
    public async Task CheckAsync(ImprovementOutcome outcome, int jobs, double hours, int deployments)
    {
        var before = World.Answers.Count;
        _refused += await World.ServeAsync(20, World.AnyClass);
        _refused.ShouldBe(0, "nobody is refused");
        World.Answers.Skip(before).ShouldAllBe(a => a.Version == outcome.Champion);
        (await World.RoutingAsync()).Champion.ShouldBe(outcome.Champion);

        (Workspace.Made.Count, Workspace.Made.Distinct().Count(), Online.Made.Count).ShouldBe((jobs, jobs, deployments), outcome.Reason);
        _questions.ShouldBeUnique("what was answered is not asked again");
        var spent = await World.SpendAsync();
        decimal Of(string what) => spent.Where(e => e.What.Contains(what, StringComparison.Ordinal)).Sum(e => e.Usd);
        Of("strong").ShouldBe(_questions.Count * Price);
        Of("training").ShouldBe(Math.Max(jobs * TrainingPrice, (decimal)hours * HourPrice), jobs * HourPrice / 2 + 0.01m, "what the job was expected to cost, or what it did; looked at every five minutes");
        await TidyAsync();
        Workspace.Made.Where(IsAtWork).ShouldBeEmpty("no job is left");
        Deployed.ShouldBe(outcome.Ending == ImprovementEnding.Promoted ? ["desk-v2"] : []);
        (await World.TroubleAfterAsync()).ShouldBeNull();
        (await World.Get<Janitor>().IsFreeAsync(Agent)).ShouldBeTrue("nothing is left to watch");
    }

    /// <summary>The deployments there are.</summary>
    public IReadOnlyList<string> Deployed => [.. Arm.Resources.Keys.Where(k => k.Contains("/deployments/", StringComparison.OrdinalIgnoreCase)).Select(k => k.Split('/')[^1])];

    /// <summary>Two hours in which the janitor comes by now and then.</summary>
    public async Task TidyAsync()
    {
        for (var round = 0; round < 8; round++)
        {
            await World.PassAsync(TimeSpan.FromMinutes(15));
            await World.Get<Janitor>().TidyAsync();
            await World.Engine.RunUntilIdleAsync();
        }
    }

    private async Task LookAsync()
    {
        try
        {
            await World.LookAsync();
        }
        catch (Exception) when (World.IsDead)
        {
            Deaths++;
            await World.RestartAfterCrashAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await World.DisposeAsync();
        await Arm.DisposeAsync();
        await Server.DisposeAsync();
    }

    private bool IsAtWork(string job) =>
        Arm.Resources.TryGetValue($"{FakeWorkspace.Id}/jobs/{job}", out var found) && found["properties"]!["status"]!.GetValue<string>() is not ("Completed" or "Failed" or "Canceled" or "CancelRequested");

    private static AgentManifest ManifestOf(AgentManifest m) => m with
    {
        Teachers = [m.Teachers[0] with { Model = "openai:main/teacher", Price = Price }, m.Teachers[1]],
        Student = m.Student with { Trainer = "azureml", Profile = "small", TrainingPrice = TrainingPrice, Deadline = TimeSpan.FromDays(4) },
        Deployment = m.Deployment with { Target = "azureml-endpoint", ReadyWithin = TimeSpan.FromMinutes(30) },
        Planning = m.Planning with { MaxRounds = 1 },
        Budget = new BudgetSettings { PerRun = 1_000, PerMonth = 1_000 },
    };

    private void AddTo(IServiceCollection services)
    {
        var settings = new Dictionary<string, string?>
        {
            ["deployment:subscription"] = FakeWorkspace.Subscription,
            ["deployment:resourceGroup"] = "ml",
            ["deployment:workspace"] = "lab",
            ["deployment:location"] = "eastus2",
            ["deployment:onlineProfiles:gpu:endpoint"] = "si-{agent}",
            ["deployment:onlineProfiles:gpu:modelEndpoint"] = "ml-{agent}",
            ["deployment:onlineProfiles:gpu:environment"] = "azureml:vllm:3",
            ["deployment:onlineProfiles:gpu:instanceType"] = "Standard_NC24ads_A100_v4",
            ["models:endpoints:ml-desk:deploymentHeader"] = OnlineEndpointTarget.DeploymentHeader,
        };
        foreach (var endpoint in (string[])["main", "ml-desk"])
        {
            settings[$"models:endpoints:{endpoint}:url"] = Server.Url.ToString();
            settings[$"models:endpoints:{endpoint}:auth"] = "none";
            settings[$"models:endpoints:{endpoint}:allowPrivate"] = "true";
        }
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        WorkspaceWorld.AddTo(services, Arm);
        services.AddSingleton(_ => Arm.Client()).AddAzureModels(configuration).AddAzureDeployment(configuration);
    }

    private Task AnswerAsync(HttpContext http)
    {
        var text = TextOf((string)http.Items["body"]!);
        var truth = World.TruthOf(text);
        if (http.Request.Headers[OnlineEndpointTarget.DeploymentHeader].FirstOrDefault() is not { } deployment)
        {
            // The mark around quoted data is the same for the same data.
            _questions.Enqueue(text);
            return FakeModelServer.JsonAsync(http.Response, 200, FakeModelServer.Completion(truth));
        }
        if (Online.Find(Endpoint, deployment)?["properties"]!["provisioningState"]!.GetValue<string>() is not "Succeeded")
            return FakeModelServer.JsonAsync(http.Response, 404, """{"error":{"code":"DeploymentNotFound","message":"No such deployment answers."}}""");
        // One in twenty is wrong: good, and not too good to be true.
        var classes = World.Task.Classes;
        return FakeModelServer.JsonAsync(http.Response, 200, FakeModelServer.Completion(text.Sum(c => c) % 20 == 0 ? classes[(classes.IndexOf(truth) + 1) % classes.Count] : truth));
    }

    private static string TextOf(string body)
    {
        var content = JsonNode.Parse(body)!["messages"]!.AsArray()[^1]!["content"]!;
        return content is JsonArray parts ? parts[0]!["text"]!.GetValue<string>() : content.GetValue<string>();
    }
}
