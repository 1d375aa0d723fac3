using Microsoft.Extensions.DependencyInjection;

namespace SelfImprove.Orchestration;

/// <summary>Runs an activity call for an engine: builds the class, runs it, turns what it gives or throws into data.</summary>
public static class ActivityExecution
{
    /// <summary>Runs <paramref name="call"/> in a scope of its own.</summary>
    /// <returns>The value, or the failure; it throws nothing but the cancellation below.</returns>
    /// <exception cref="OperationCanceledException">The host stops (<paramref name="cancellationToken"/>): the call is to be repeated.</exception>
    public static async Task<CallOutcome> RunAsync(
        OrchestrationRegistry registry, IServiceProvider services, ActivityCall call, CancellationToken cancellationToken)
    {
        try
        {
            if (!registry.Activities.TryGetValue(call.Activity, out var entry))
                return CallOutcome.Of(new Failure(
                    "UnknownActivity", $"No activity named '{call.Activity}' is registered. Add it to the host's OrchestrationRegistry.", false));
            return registry.Surround is { } surround
                ? await surround(entry, call, services, () => ExecuteAsync(entry, services, call, cancellationToken)).ConfigureAwait(false)
                : await ExecuteAsync(entry, services, call, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            return CallOutcome.Of(Failure.From(e));
        }
    }

    private static async Task<CallOutcome> ExecuteAsync(ActivityEntry entry, IServiceProvider services, ActivityCall call, CancellationToken cancellationToken)
    {
        try
        {
            var scope = services.CreateAsyncScope();
            await using (scope.ConfigureAwait(false))
            {
                var activity = entry.Create(scope.ServiceProvider);
                return CallOutcome.Of(await entry.RunAsync(activity, call.ToContext(), call.Input, cancellationToken).ConfigureAwait(false));
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            return CallOutcome.Of(Failure.From(e));
        }
    }
}
