using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Agents;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Agents.Versions;
using SelfImprove.Audit;
using SelfImprove.Deployment;
using SelfImprove.Evaluation;
using SelfImprove.Models;
using SelfImprove.Monitoring.Events;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Storage;
using SelfImprove.Testing.Loop;

namespace SelfImprove.Testing.Rollouts;

/// <summary>
/// Simulated rollouts by the real orchestrator and its activities on the embedded engine, in lock-step on virtual time: agents of their own in one store and
/// one engine, so that looks at the same moment share the engine's commits.
/// </summary>
public sealed class RolloutFleet : IAsyncDisposable
{
    private readonly Dictionary<string, RolloutTraffic> _agents;

    private RolloutFleet(IReadOnlyList<RolloutTraffic> runs) => (_agents, Runs) = (runs.ToDictionary(r => r.Agent, StringComparer.Ordinal), runs);

    public DurableHarness Harness { get; private set; } = null!;

    public IReadOnlyList<RolloutTraffic> Runs { get; }

    /// <summary>Plays rollouts to their ends, in the given order.</summary>
    /// <param name="runs">The rollouts; no two of the same seed and run.</param>
    /// <param name="alwaysReplay">Whether every turn replays its whole history.</param>
    public static async Task<IReadOnlyList<RolloutEnd>> PlayAsync(IReadOnlyList<RolloutTraffic> runs, bool alwaysReplay = false)
    {
        await using var fleet = await OpenAsync(runs, alwaysReplay);
        return await fleet.PlayAsync();
    }

    public static async Task<RolloutFleet> OpenAsync(IReadOnlyList<RolloutTraffic> runs, bool alwaysReplay = false)
    {
        var fleet = new RolloutFleet(runs);
        fleet.Harness = await DurableHarness.OpenAsync(
            new OrchestrationRegistry().AddDeployment(),
            services => services
                .AddSingleton<IObjectStore>(new WorldStore())
                .AddSingleton<TrafficReader>(fleet.ReadAsync)
                .AddStoreParts().AddAgents().AddAudit().AddDeployment()
                .AddSingleton<RunGuard>().AddSingleton<SpendBook>().AddSingleton<ModelCatalog>().AddSingleton<IModelSource>(new RolloutModels(fleet._agents)),
            options => options.AlwaysReplay = alwaysReplay);
        foreach (var run in runs)
        {
            await fleet.Get<ManifestStore>().PutAsync(run.Scenario.Manifest(run.Agent));
            foreach (var model in (string[])["test:one", RolloutModels.Challenger(run.Agent)]) await fleet.Get<VersionStore>().RegisterAsync(new VersionDraft { Agent = run.Agent, Model = model });
            await fleet.Get<LeaseBook>().TryAcquireAsync(LeaseBook.ForAgent(run.Agent), run.Rollout.Run.Run);
        }
        return fleet;
    }

    public T Get<T>() where T : notnull => Harness.Services.GetRequiredService<T>();

    /// <summary>The orchestration's id of a run.</summary>
    public static string IdOf(RolloutTraffic run) => Rollout.InstanceId(run.Rollout.Run.Run, run.Rollout.Run.Round);

    public async Task<IReadOnlyList<RolloutEnd>> PlayAsync()
    {
        foreach (var run in Runs) await Harness.Client.StartAsync(Rollout.Ref, IdOf(run), run.Rollout);
        await Harness.RunUntilIdleAsync();
        while (Harness.Engine.NextTimer is { } due)
        {
            Harness.Clock.MoveTo(due);
            await Harness.RunUntilIdleAsync();
        }
        var ends = new List<RolloutEnd>();
        foreach (var run in Runs) ends.Add(await EndAsync(run));
        return ends;
    }

    public ValueTask DisposeAsync() => Harness.DisposeAsync();

    private async Task<RolloutEnd> EndAsync(RolloutTraffic run)
    {
        var state = await Harness.Client.GetAsync(IdOf(run)) ?? throw new InvalidOperationException($"{IdOf(run)} was never started.");
        if (state.Status != OrchestrationStatus.Completed) throw new InvalidOperationException($"{IdOf(run)} is {state.Status}: {state.Failure?.Message}");
        var output = state.OutputAs<RolloutOutput>()!;
        return new RolloutEnd(
            output.Outcome, output.Shadow?.Pairs ?? output.Requests, output.ChampionRequests + output.ChallengerRequests, output.Difference, output.Low, output.High, output.Reason);
    }

    private async IAsyncEnumerable<ObservedInteraction> ReadAsync(
        string agent, DateTimeOffset from, DateTimeOffset until, Func<Interaction, DateTimeOffset>? feedbackUntil,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (run, now) = (_agents[agent], Harness.Now);
        run.Serve((await Get<RoutingStore>().CurrentAsync(agent, cancellationToken))!, from, now);
        foreach (var observed in run.Read(from, until, now, feedbackUntil)) yield return observed;
    }
}
