using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace SelfImprove.Functions.Engine;

/// <summary>What the engine's adapter asks for on its own behalf.</summary>
public static class InstanceFunctions
{
    /// <summary>The activity that tells whether there is an instance of a name.</summary>
    public const string IsInstanceTaken = nameof(IsInstanceTaken);

    /// <summary>Whether there is an instance of a name, in whatever state.</summary>
    [Function(IsInstanceTaken)]
    public static async Task<bool> RunIsInstanceTaken([ActivityTrigger] string name, [DurableClient] DurableTaskClient client, FunctionContext function) =>
        await client.GetInstanceAsync(name, function.CancellationToken) is not null;
}
