namespace SelfImprove.Orchestration;

/// <summary>An orchestrator in the registry: its name, its class, and how to run it over JSON.</summary>
/// <param name="Name">The registered name.</param>
/// <param name="ImplementationType">The class, built by dependency injection.</param>
/// <param name="RunAsync">Runs an instance: context, input JSON, to output JSON. Throws <see cref="PayloadLimitException"/> on an output over the limit.</param>
public sealed record OrchestratorEntry(
    string Name, Type ImplementationType, Func<object, OrchestrationContext, string, Task<string>> RunAsync)
{
    private readonly ImplementationFactory _factory = new(ImplementationType);

    /// <summary>Builds an instance of the class from the host's services.</summary>
    public object Create(IServiceProvider services) => _factory.Create(services);

    internal static OrchestratorEntry Of<TOrchestrator, TIn, TOut>(OrchestratorRef<TIn, TOut> reference) where TOrchestrator : Orchestrator<TIn, TOut>
    {
        var (inputStep, outputStep) = ($"input of orchestrator '{reference.Name}'", $"output of orchestrator '{reference.Name}'");
        return new(reference.Name, typeof(TOrchestrator), async (instance, context, input) =>
            SeamPayload.Write(await ((TOrchestrator)instance).RunAsync(context, SeamPayload.Read<TIn>(input, inputStep)), outputStep));
    }
}
