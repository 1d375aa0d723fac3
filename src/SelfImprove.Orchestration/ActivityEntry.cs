namespace SelfImprove.Orchestration;

/// <summary>An activity in the registry: its name, its class, and how to run it over JSON.</summary>
/// <param name="Name">The registered name.</param>
/// <param name="ImplementationType">The class, built by dependency injection.</param>
/// <param name="RunAsync">Runs an instance: context, input JSON, to output JSON. Throws <see cref="PayloadLimitException"/> on an output over the limit.</param>
public sealed record ActivityEntry(
    string Name, Type ImplementationType, Func<object, ActivityContext, string, CancellationToken, Task<string>> RunAsync)
{
    private readonly ImplementationFactory _factory = new(ImplementationType);

    /// <summary>Builds an instance of the class from the host's services.</summary>
    public object Create(IServiceProvider services) => _factory.Create(services);

    internal static ActivityEntry Of<TActivity, TIn, TOut>(ActivityRef<TIn, TOut> reference) where TActivity : Activity<TIn, TOut>
    {
        var (inputStep, outputStep) = ($"input of activity '{reference.Name}'", $"output of activity '{reference.Name}'");
        return new(reference.Name, typeof(TActivity), async (instance, context, input, cancellationToken) =>
        {
            var output = await ((TActivity)instance).RunAsync(context, SeamPayload.Read<TIn>(input, inputStep), cancellationToken).ConfigureAwait(false);
            return SeamPayload.Write(output, outputStep);
        });
    }
}
