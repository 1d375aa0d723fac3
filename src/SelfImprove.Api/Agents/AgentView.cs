using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Manifests.Reading;
using SelfImprove.Agents.Routing;
using SelfImprove.Agents.Versions;
using SelfImprove.Audit;

namespace SelfImprove.Api.Agents;

/// <summary>All agents.</summary>
/// <param name="Agents">By name.</param>
public sealed record AgentList(IReadOnlyList<AgentSummary> Agents);

/// <summary>An agent, in short.</summary>
/// <param name="Agent">Its name.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Revision">The manifest's current revision.</param>
/// <param name="Mode">How much the runtime may do by itself.</param>
/// <param name="Champion">The version that serves; null where there is none yet.</param>
/// <param name="Challenger">The version on trial beside it.</param>
/// <param name="Share">The challenger's share of callers, (0,1); 0 in the shadow stage.</param>
/// <param name="PausedUntil">When an agent out of operation is expected back.</param>
/// <param name="Run">The improvement run under way.</param>
public sealed record AgentSummary(
    string Agent, string Description, int Revision, ImprovementMode Mode, string? Champion, string? Challenger, double? Share, DateTimeOffset? PausedUntil,
    string? Run)
{
    /// <summary>How far the challenger has come; null where there is none.</summary>
    public RolloutStage? Stage { get; init; }
}

/// <summary>An agent.</summary>
/// <param name="Agent">Its name.</param>
/// <param name="Revision">The manifest's current revision.</param>
/// <param name="CreatedAt">When that was put.</param>
/// <param name="Manifest">The manifest.</param>
/// <param name="Routing">Who serves; null where there is no version yet.</param>
/// <param name="Run">The improvement run under way.</param>
public sealed record AgentView(string Agent, int Revision, DateTimeOffset CreatedAt, AgentManifest Manifest, RoutingTable? Routing, string? Run);

/// <summary>A manifest that was put.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Revision">The revision that is current now.</param>
/// <param name="Warnings">What is allowed but doubtful.</param>
public sealed record ManifestPutView(string Agent, int Revision, IReadOnlyList<ManifestMistake> Warnings);

/// <summary>An agent's versions.</summary>
/// <param name="Champion">The one that serves.</param>
/// <param name="Versions">All, oldest first.</param>
public sealed record VersionList(string? Champion, IReadOnlyList<AgentVersion> Versions);

/// <summary>The latest decisions of an agent's triggers.</summary>
/// <param name="Decisions">The newest first, fired or not, each with its evidence.</param>
public sealed record DecisionList(IReadOnlyList<Decision> Decisions);
