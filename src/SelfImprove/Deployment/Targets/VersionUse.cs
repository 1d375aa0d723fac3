using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;

namespace SelfImprove.Deployment.Targets;

/// <summary>Whether traffic is sent to a version. Pure.</summary>
internal static class VersionUse
{
    public static bool IsUsed(string version, RoutingTable? table, AgentManifest? manifest) =>
        table is not null && (table.Champion == version || table.Experiment?.Challenger == version || table.Pause?.Fallback == version)
        || manifest?.Deployment.FallbackVersion == version;
}
