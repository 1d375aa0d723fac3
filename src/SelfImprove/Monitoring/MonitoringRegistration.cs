using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SelfImprove.Agents.Manifests;
using SelfImprove.Monitoring.Aggregation;
using SelfImprove.Monitoring.Critic;
using SelfImprove.Monitoring.Ingestion;
using SelfImprove.Monitoring.Log;
using SelfImprove.Monitoring.Observation;
using SelfImprove.Storage;

namespace SelfImprove.Monitoring;

/// <summary>Adds the monitoring stage to a host.</summary>
public static class MonitoringRegistration
{
    /// <summary>
    /// Adds the event log, ingestion, aggregation, the observed log and the critic, all as singletons. Needs an <see cref="IObjectStore"/>, a
    /// <see cref="TimeProvider"/> and the <see cref="ManifestStore"/>. A host that wants other bounds registers its <see cref="EventLogOptions"/>,
    /// <see cref="IngestionOptions"/> or <see cref="AggregatorOptions"/>. On its way down a host disposes the <see cref="EventLog"/> (or the
    /// container, asynchronously), which drains it.
    /// </summary>
    public static IServiceCollection AddMonitoring(this IServiceCollection services)
    {
        services.TryAddSingleton(new EventLogOptions());
        services.TryAddSingleton(new IngestionOptions());
        services.TryAddSingleton(new AggregatorOptions());
        services.TryAddSingleton<ManifestLookup>(provider =>
        {
            var manifests = provider.GetRequiredService<ManifestStore>();
            return async (agent, cancellationToken) => (await manifests.GetAsync(agent, cancellationToken).ConfigureAwait(false))?.Manifest;
        });
        return services
            .AddSingleton(p => new EventLog(
                p.GetRequiredService<IObjectStore>(), p.GetRequiredService<TimeProvider>(), p.GetRequiredService<EventLogOptions>(), dirty: p.GetService<DirtyAgents>()))
            .AddSingleton(p => new Aggregator(
                p.GetRequiredService<IObjectStore>(), p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ManifestLookup>(),
                p.GetRequiredService<AggregatorOptions>()))
            .AddSingleton(p => new EventIngestion(
                p.GetRequiredService<EventLog>(), p.GetRequiredService<ManifestLookup>(), p.GetRequiredService<TimeProvider>(),
                p.GetRequiredService<IngestionOptions>()))
            .AddSingleton<Quarantine>()
            .AddSingleton<DeadLetterList>()
            .AddSingleton<ObservedLog>()
            .AddSingleton<RecentTraces>()
            .AddSingleton<TrafficCritic>();
        // With the CriticJudge where the host has one: the model catalogue, the spend book and the journal are the product's, not this stage's.
    }
}
