using System.Text.Json;

namespace SelfImprove.Orchestration;

/// <summary>An orchestrator in the registry: its name, its class, and how to run it over JSON.</summary>
/// <param name="Name">The registered name.</param>
/// <param name="ImplementationType">The class, built by dependency injection.</param>
/// <param name="RunAsync">Runs an instance of the class: context, input JSON, to output JSON.</param>
public sealed record OrchestratorEntry(
    string Name, Type ImplementationType, Func<object, OrchestrationContext, string, Task<string>> RunAsync)
{
    internal static OrchestratorEntry Of<TOrchestrator, TIn, TOut>(OrchestratorRef<TIn, TOut> reference) where TOrchestrator : Orchestrator<TIn, TOut> =>
        new(reference.Name, typeof(TOrchestrator), async (instance, context, input) =>
            JsonSerializer.Serialize(
                await ((TOrchestrator)instance).RunAsync(context, JsonSerializer.Deserialize<TIn>(input, SeamJson.Options)!), SeamJson.Options));
}
