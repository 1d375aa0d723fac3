using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Agents.Versions;
using SelfImprove.Deployment.Shadow;
using SelfImprove.Deployment.Targets;
using SelfImprove.Models;
using SelfImprove.Planning;
using SelfImprove.Runs;
using SelfImprove.Storage;
using SelfImprove.Testing.Loop;
using SelfImprove.Tests.Deployment.Targets;
using SelfImprove.Training.Builtin;

namespace SelfImprove.Tests.Loop;

/// <summary>Whole runs whose candidates are tested in the shadow first.</summary>
public sealed class ShadowLoopTests(DriftedWorld origin) : IClassFixture<DriftedWorld>
{
    private const string Agent = ImprovementWorld.Agent, Run = DriftedWorld.Run;

    private static AgentManifest InShadow(AgentManifest manifest) => manifest with
    {
        Deployment = manifest.Deployment with { Rollout = manifest.Deployment.Rollout with { Shadow = new ShadowSettings { Requests = 100 } } },
    };

    [Fact]
    public async Task Run_HarmlessInTheShadow_GoesOnToTheTestAndIsPromoted()
    {
        await using var world = await origin.ForkAsync(InShadow);

        var outcome = await world.EndAsync();

        outcome.Ending.ShouldBe(ImprovementEnding.Promoted, outcome.Reason);
        (await world.RoutingAsync()).Champion.ShouldBe("v2");
        var kinds = (await world.AuditAsync()).Select(e => e.Kind).Where(k => k.StartsWith("shadow", StringComparison.Ordinal) || k is "trafficSplit" or "promoted");
        kinds.ShouldBe(["shadowBegun", "shadowPassed", "trafficSplit", "promoted"]);
        // What the teacher was asked about is charged; what the two said alike costs nothing but the price of asking.
        (await world.SpendAsync()).Where(e => e.What.Contains("in the shadow")).Sum(e => e.Usd).ShouldBe(100 * 0.004m);
        var state = (await world.ReadAsync<ShadowState>("shadow-1.json"))!;
        (state.Ended, state.Pairs, state.Scorer).ShouldBe(("Passed", 100, new ShadowScorer(ShadowScorerKind.Teacher, "strong")));
        state.Score.More.ShouldBeGreaterThan(state.Score.Less);
        (await world.TroubleAfterAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Run_HarmfulInTheShadow_EndsWithoutACallerOfItsOwn()
    {
        await using var world = await origin.ForkAsync(InShadow, SpoilInTheShadow);

        var outcome = await world.EndAsync();

        outcome.Ending.ShouldBe(ImprovementEnding.NotPromoted);
        outcome.Reason.ShouldStartWith("withdrawn in the shadow, before anybody saw its answers: harm is proven");
        outcome.Reason.ShouldEndWith("The champion keeps serving.");
        world.Answers.ShouldAllBe(a => a.Version == "v1");
        ((await world.RoutingAsync()).Champion, outcome.Champion).ShouldBe(("v1", "v1"));
        (await world.AuditAsync()).ShouldNotContain(e => e.Kind == "trafficSplit");
        (await world.Get<Ledger>().ReadAsync(Agent)).Single().OnlineGain.ShouldBeNull("what a scorer finds in the shadow is no gain in reward");
        (await world.TroubleAfterAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Run_Deployed_TrafficIsMirroredDuringTheShadowAlone()
    {
        var target = new ScriptedTarget();
        await using var world = await origin.ForkAsync(
            m => InShadow(m) with
            {
                Student = m.Student with { Trainer = ScriptedTrainer.TrainerName },
                Deployment = InShadow(m).Deployment with { Target = ScriptedTarget.TargetKind, ReadyWithin = TimeSpan.FromMinutes(30), MirrorPercent = 15 },
            },
            services =>
            {
                ScriptedTrainer.AddTo(services);
                target.AddTo(services);
            });

        var outcome = await world.EndAsync();

        outcome.Ending.ShouldBe(ImprovementEnding.Promoted, outcome.Reason);
        target.Traffic.ShouldBe([("v2", new TrafficWish(false, 15)), ("v2", new TrafficWish(false)), ("v2", new TrafficWish(true))]);
        var kinds = (await world.AuditAsync()).Select(e => e.Kind).Where(k => k is "endpointTraffic" or "shadowBegun" or "shadowPassed" or "trafficSplit" or "promoted");
        kinds.ShouldBe(["shadowBegun", "endpointTraffic", "shadowPassed", "endpointTraffic", "trafficSplit", "promoted", "endpointTraffic"]);
    }

    [Fact]
    public async Task Run_CancelledInTheShadow_IsCleanedUp()
    {
        await using var world = await origin.ForkAsync(m => InShadow(m) with
        {
            Deployment = m.Deployment with { Rollout = m.Deployment.Rollout with { Shadow = new ShadowSettings { Requests = 5_000 } } },
        });
        for (var look = 0; look < 60 && (await world.RoutingAsync()).Experiment is null; look++)
        {
            await world.LookAsync();
            await world.ServeAsync(40, world.AnyClass);
        }
        (await world.RoutingAsync()).Experiment!.Stage.ShouldBe(RolloutStage.Shadow);

        (await world.Get<RunService>().CancelAsync(Run, "person:ada", "stop")).ShouldBeTrue();
        await world.Engine.RunUntilIdleAsync();

        (await world.OutcomeAsync(Run))!.Ending.ShouldBe(ImprovementEnding.Cancelled);
        (await world.TroubleAfterAsync()).ShouldBeNull();
        world.Answers.ShouldAllBe(a => a.Version == "v1");
    }

    [Fact]
    public async Task Run_DiesInTheShadow_EndsTheSameAndPaysOnce()
    {
        var (first, last) = (0L, 0L);
        await using (var calm = await origin.ForkAsync(InShadow, name: "shadow-crash"))
        {
            var start = calm.Store.Writes;
            for (ImprovementOutcome? ended = null; ended is null; ended = await calm.OutcomeAsync(Run))
            {
                var before = calm.Store.Writes - start;
                await calm.LookAsync();
                if ((await calm.RoutingAsync()).Experiment is { Stage: RolloutStage.Shadow }) (first, last) = (first == 0 ? before : first, calm.Store.Writes - start);
                await calm.ServeAsync(40, calm.AnyClass);
            }
            last += 20;
        }
        first.ShouldBeGreaterThan(0);
        for (var (write, after) = (last - 66, false); write <= last; (write, after) = (write + 11, !after))
        {
            await using var world = await origin.ForkAsync(InShadow, name: "shadow-crash");
            world.Store.CrashAt(write, after);
            ImprovementOutcome? outcome = null;
            while (outcome is null)
            {
                try
                {
                    outcome = await world.EndAsync();
                }
                catch (Exception) when (world.IsDead)
                {
                    await world.ReopenAsync();
                }
            }
            var where = $"{(after ? "after" : "before")} write {write}";
            outcome.Ending.ShouldBe(ImprovementEnding.Promoted, where);
            (await world.SpendAsync()).Where(e => e.What.Contains("in the shadow")).Sum(e => e.Usd).ShouldBe(100 * 0.004m, where);
            (await world.ReadAsync<ShadowState>("shadow-1.json"))!.Pairs.ShouldBe(100, where);
            (await world.TroubleAfterAsync()).ShouldBeNull(where);
        }
    }

    /// <summary>A candidate that was good when it was judged, and names the wrong class once it is in the shadow.</summary>
    private static void SpoilInTheShadow(IServiceCollection services)
    {
        services.Remove(services.Single(d => d.ServiceType == typeof(IModelSource) && d.ImplementationType == typeof(BuiltinModelSource)));
        services.AddSingleton<IModelSource>(provider => new Spoilt(new BuiltinModelSource(provider.GetRequiredService<IObjectStore>()), provider));
    }

    private sealed class Spoilt(BuiltinModelSource models, IServiceProvider services) : IModelSource
    {
        public string Scheme => models.Scheme;

        public async Task<IChatModel> OpenAsync(string reference, TaskSettings task, CancellationToken cancellationToken = default)
        {
            var model = await models.OpenAsync(reference, task, cancellationToken);
            var table = await services.GetRequiredService<RoutingStore>().GetAsync(Agent, cancellationToken);
            var isSpoilt = table?.Experiment is { Stage: RolloutStage.Shadow } shadow
                && (await services.GetRequiredService<VersionStore>().GetAsync(Agent, shadow.Challenger, cancellationToken))!.Model == $"builtin:{reference}";
            return isSpoilt ? new Wrong(model, task) : model;
        }
    }

    private sealed class Wrong(IChatModel model, TaskSettings task) : IChatModel
    {
        public async Task<ModelAnswer> AnswerAsync(ModelRequest request, CancellationToken cancellationToken = default)
        {
            var answer = await model.AnswerAsync(request, cancellationToken);
            return answer with { Output = new AgentOutput(task.Labels.First(l => l != answer.Output.Text)) };
        }
    }
}
