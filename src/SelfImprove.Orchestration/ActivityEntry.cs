using System.Text.Json;

namespace SelfImprove.Orchestration;

/// <summary>An activity in the registry: its name, its class, and how to run it over JSON.</summary>
/// <param name="Name">The registered name.</param>
/// <param name="ImplementationType">The class, built by dependency injection.</param>
/// <param name="RunAsync">Runs an instance of the class: context, input JSON, to output JSON.</param>
public sealed record ActivityEntry(
    string Name, Type ImplementationType, Func<object, ActivityContext, string, CancellationToken, Task<string>> RunAsync)
{
    internal static ActivityEntry Of<TActivity, TIn, TOut>(ActivityRef<TIn, TOut> reference) where TActivity : Activity<TIn, TOut> =>
        new(reference.Name, typeof(TActivity), async (instance, context, input, cancellationToken) =>
            JsonSerializer.Serialize(
                await ((TActivity)instance).RunAsync(context, JsonSerializer.Deserialize<TIn>(input, SeamJson.Options)!, cancellationToken), SeamJson.Options));
}
