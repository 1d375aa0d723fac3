using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Orchestration;

namespace SelfImprove.Telemetry;

/// <summary>Makes every execution of a run's activity a span of the run's trace, on every engine. Orchestrators make none: they are replayed.</summary>
internal static class RunActivities
{
    public static async Task<CallOutcome> TraceAsync(ActivityEntry entry, ActivityCall call, IServiceProvider services, Func<Task<CallOutcome>> run)
    {
        if (!ProductTelemetry.IsTraced || RunTraces.RunOf(call.InstanceId) is not var (agent, id) || services.GetService<RunTraces>() is not { } traces)
            return await run().ConfigureAwait(false);
        var stage = StageOf(entry);
        using var span = ProductTelemetry.Source.StartActivity($"{stage} {entry.Name}", ActivityKind.Internal, await traces.ContextAsync(agent, id).ConfigureAwait(false),
            Tags(agent, id, stage, entry.Name));
        var outcome = await run().ConfigureAwait(false);
        if (outcome.Failure is { } failure) span.Fail(failure.Type);
        return outcome;
    }

    /// <summary>The stage: the folder that the activity is in, and of deployment's the one that ends it.</summary>
    private static string StageOf(ActivityEntry entry) => entry.ImplementationType.Namespace?.Split('.') switch
    {
        [_, "Deployment", ..] => entry.Name.StartsWith("Promote", StringComparison.Ordinal) ? "promotion" : "rollout",
        [_, "DataGeneration", ..] => "data",
        [_, "Planning" or "Training" or "Evaluation", ..] parts => parts[1].ToLowerInvariant(),
        _ => "run",
    };

    private static List<KeyValuePair<string, object?>> Tags(string agent, string run, string stage, string activity)
    {
        var tags = new List<KeyValuePair<string, object?>>
        {
            new(TelemetryNames.AgentName, agent), new(TelemetryNames.Run, run), new(TelemetryNames.Stage, stage), new(TelemetryNames.ActivityName, activity),
        };
        if (stage == "planning") tags.Add(new(TelemetryNames.Operation, TelemetryNames.Plan));
        return tags;
    }
}
