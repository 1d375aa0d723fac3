using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SelfImprove.Functions.Engine;
using SelfImprove.Functions.Tests.Fakes;
using SelfImprove.Orchestration;
using SelfImprove.Runs;
using SelfImprove.Testing.Loop;

namespace SelfImprove.Functions.Tests.Engine;

/// <summary>The whole loop, run by the app's functions over the fake of the SDK, which replays every turn.</summary>
public sealed class ImprovementLoopTests
{
    [Fact]
    public async Task Run_OverDurableFunctions_EndsWithTheBetterVersionServing()
    {
        await using var world = await new DriftedWorld().ForkAsync(configure: services =>
            services.AddSingleton<DurableOrchestrationClient>().AddSingleton<IOrchestrationClient>(p => p.GetRequiredService<DurableOrchestrationClient>()));
        var services = world.Get<IServiceProvider>();
        FakeDurableClient? sdk = null;
        var hub = new FakeDurableHub(world.Clock, services.GetRequiredService<ILoggerFactory>())
        {
            Orchestrate = context => FunctionTable.OrchestrateAsync(context, services),
            Act = (name, json) => FunctionTable.ActAsync(name, json, sdk!, services),
        };
        sdk = new FakeDurableClient(hub);
        world.Get<DurableOrchestrationClient>().Use(sdk);

        for (var served = 0; (await world.RunStateAsync(DriftedWorld.Run))?.HasEnded != true; served += 40)
        {
            served.ShouldBeLessThan(2_000);
            await world.LookAsync(answerInbox: false);
            await hub.RunUntilIdleAsync();
            while (await world.AnswerInboxAsync() > 0) await hub.RunUntilIdleAsync();
            await world.ServeAsync(40, world.AnyClass);
        }
        await world.LookAsync(answerInbox: false);

        var outcome = (await world.OutcomeAsync(DriftedWorld.Run))!;
        outcome.Ending.ShouldBe(ImprovementEnding.Promoted, outcome.Reason);
        (await world.RoutingAsync()).Champion.ShouldBe(outcome.Champion);
        (await world.TroubleAfterAsync()).ShouldBeNull();
        hub.Instances.Select(i => i.Name).Distinct().ShouldBe(
            ["ImprovementLoop", "PlanRound", "GenerateData", "LabelItems", "LabelShard", "TrainCandidate", "EvaluateCandidate", "Rollout"], ignoreOrder: true);
        hub.Largest.Bytes.ShouldBeLessThan(SeamPayload.MaxBytes, hub.Largest.What);
    }
}
