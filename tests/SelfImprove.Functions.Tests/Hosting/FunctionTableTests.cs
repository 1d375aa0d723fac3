using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using SelfImprove.Api.Hosting;
using SelfImprove.Functions.Engine;
using SelfImprove.Functions.Tests.Fakes;
using SelfImprove.Loop;
using SelfImprove.Orchestration;

namespace SelfImprove.Functions.Tests.Hosting;

/// <summary>Every orchestrator, activity and route has its function, and there are no others.</summary>
public sealed class FunctionTableTests
{
    private static readonly OrchestrationRegistry Registry = ImprovementRegistry.Create();

    [Fact]
    public void Orchestrators_OfTheRegistry_HaveTheirFunctions()
    {
        var missing = Registry.Orchestrators.Keys.Where(n => !FunctionTable.All.TryGetValue(n, out var function) || FunctionTable.Trigger<OrchestrationTriggerAttribute>(function) is null);
        missing.Select(n => $"[Function(nameof({n}))] public static Task<string> Run{n}([OrchestrationTrigger] TaskOrchestrationContext context, FunctionContext function) => function.OrchestrateAsync(context);").ShouldBeEmpty();
        var functions = FunctionTable.All.Where(f => FunctionTable.Trigger<OrchestrationTriggerAttribute>(f.Value) is not null).ToList();
        functions.Select(f => f.Key).ShouldBe(Registry.Orchestrators.Keys, ignoreOrder: true);
        functions.ShouldAllBe(f => f.Value.GetParameters()[0].ParameterType == typeof(TaskOrchestrationContext) && f.Value.ReturnType == typeof(Task<string>));
    }

    [Fact]
    public void Activities_OfTheRegistry_HaveTheirFunctions()
    {
        var missing = Registry.Activities.Keys.Where(n => !FunctionTable.All.TryGetValue(n, out var function) || FunctionTable.Trigger<ActivityTriggerAttribute>(function) is null);
        missing.Select(n => $"[Function(nameof({n}))] public static Task<CallOutcome> Run{n}([ActivityTrigger] ActivityCall call, [DurableClient] DurableTaskClient client, FunctionContext function) => function.ActAsync(call, client);").ShouldBeEmpty();
        var functions = FunctionTable.All.Where(f => FunctionTable.Trigger<ActivityTriggerAttribute>(f.Value) is not null).ToList();
        functions.Select(f => f.Key).ShouldBe([.. Registry.Activities.Keys, InstanceFunctions.IsInstanceTaken], ignoreOrder: true);
        functions.Where(f => f.Key != InstanceFunctions.IsInstanceTaken).ShouldAllBe(
            f => f.Value.GetParameters()[0].ParameterType == typeof(ActivityCall) && f.Value.ReturnType == typeof(Task<CallOutcome>));
    }

    [Fact]
    public void Routes_OfTheApi_HaveTheirTriggers()
    {
        var wanted = ApiRoutes.All.Select(r => $"{r.Name}: {r.Method} {r.Pattern}");
        var functions = FunctionTable.All.Select(f => (f.Key, Trigger: FunctionTable.Trigger<HttpTriggerAttribute>(f.Value))).Where(f => f.Trigger is not null).ToList();

        functions.Select(f => $"{f.Key}: {f.Trigger!.Methods!.Single().ToUpperInvariant()} /{f.Trigger.Route}").ShouldBe(wanted, ignoreOrder: true);
        functions.ShouldAllBe(f => f.Trigger!.AuthLevel == AuthorizationLevel.Anonymous);
    }

    [Fact]
    public void Timers_AreTheFour_AndRunNothingAtTheStart()
    {
        var timers = FunctionTable.All.Select(f => (f.Key, Trigger: FunctionTable.Trigger<TimerTriggerAttribute>(f.Value))).Where(f => f.Trigger is not null).ToList();

        timers.Select(t => t.Key).ShouldBe(["Aggregate", "EvaluateTriggers", "ServeSchedules", "CleanUp"], ignoreOrder: true);
        timers.ShouldAllBe(t => !t.Trigger!.RunOnStartup && t.Trigger.Schedule.Split(' ').Length == 6);
    }

    [Fact]
    public void Functions_HaveOneTriggerEach() => FunctionTable.All.Values.ShouldAllBe(f => f.IsStatic && f.GetParameters().Count(p =>
        p.IsDefined(typeof(OrchestrationTriggerAttribute), false) || p.IsDefined(typeof(ActivityTriggerAttribute), false) || p.IsDefined(typeof(HttpTriggerAttribute), false)
        || p.IsDefined(typeof(TimerTriggerAttribute), false)) == 1);
}
