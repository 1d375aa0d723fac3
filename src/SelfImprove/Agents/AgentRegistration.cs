using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.Agents.Versions;

namespace SelfImprove.Agents;

/// <summary>Registration of what every stage shares.</summary>
public static class AgentRegistration
{
    /// <summary>Adds <see cref="ManifestStore"/>, <see cref="PinnedManifests"/>, <see cref="RoutingStore"/> and <see cref="VersionStore"/>; needs an
    /// object store and a <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddAgents(this IServiceCollection services) =>
        services.AddSingleton<ManifestStore>().AddSingleton<PinnedManifests>().AddSingleton<RoutingStore>().AddSingleton<VersionStore>();
}
