using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Orchestration;

namespace SelfImprove.Functions.Engine;

/// <summary>What the functions of orchestrators and activities call: each runs the class of its own name.</summary>
public static class DurableRun
{
    /// <summary>Runs an orchestrator; gives its output's JSON.</summary>
    /// <exception cref="Exception">It failed: the message holds the whole failure, for <see cref="DurableOrchestrationClient"/> and for a parent to read.</exception>
    public static async Task<string> OrchestrateAsync(this FunctionContext function, TaskOrchestrationContext context)
    {
        try
        {
            var services = function.InstanceServices;
            var registry = services.GetRequiredService<OrchestrationRegistry>();
            var call = context.GetInput<OrchestratorCall>() ?? throw new InvalidOperationException(
                $"Orchestrator '{context.Name.Name}' was started without an input: start it through the API, not by its function.");
            if (!registry.Orchestrators.TryGetValue(context.Name.Name, out var entry))
                throw new InvalidOperationException(
                    $"No orchestrator named '{context.Name.Name}' is registered. Add it to the host's OrchestrationRegistry.");
            var seam = new DurableContext(context, call, registry);
            string output;
            try
            {
                output = await entry.RunAsync(entry.Create(services), seam, call.Input);
            }
            finally
            {
                await seam.StartedAsync();
            }
            seam.Finish();
            return output;
        }
        catch (Exception e)
        {
            throw new OrchestratorFailedException(Failure.From(e));
        }
    }

    /// <summary>Runs an activity; its failure is data.</summary>
    public static Task<CallOutcome> ActAsync(this FunctionContext function, ActivityCall call, DurableTaskClient client)
    {
        var services = function.InstanceServices;
        services.GetRequiredService<DurableOrchestrationClient>().Use(client);
        return ActivityExecution.RunAsync(services.GetRequiredService<OrchestrationRegistry>(), services, call, function.CancellationToken);
    }
}
