using SelfImprove.Agents.Routing;
using SelfImprove.Agents.Versions;
using SelfImprove.Audit;
using SelfImprove.Deployment.Targets;

namespace SelfImprove.Deployment;

/// <summary>
/// Rolls an agent back to an earlier version on a person's (or the planner's) word: at once, any version, whatever is under way. An experiment is
/// withdrawn with it: its rollout sees that at the next look and ends as cancelled. Takes effect at the next request in this process, within 5 s in others.
/// </summary>
/// <param name="routing">The routing tables.</param>
/// <param name="versions">The versions.</param>
/// <param name="deployments">Keep the version's deployment, where it has one, from being removed meanwhile.</param>
/// <param name="audit">Writes the roll-back into the audit chain.</param>
public sealed class RollBack(RoutingStore routing, VersionStore versions, DeploymentBook deployments, AuditLog audit)
{
    /// <summary>Rolls back.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="version">The version to serve; null for the champion before this one.</param>
    /// <param name="by">Who asked: <c>person:ada</c>, or a run's id.</param>
    /// <param name="reason">Why, in their words.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The change; refused where there is no such version, or where its deployment has been removed.</returns>
    public async Task<RoutingChange> ToAsync(string agent, string? version, string by, string reason, CancellationToken cancellationToken = default)
    {
        if (await routing.GetAsync(agent, cancellationToken) is not { } table)
            return RoutingChange.Refused(null, $"Agent {agent} has no version yet: there is nothing to roll back.");
        var target = version ?? table.PreviousChampions.FirstOrDefault();
        if (target is null) return RoutingChange.Refused(table, $"{table.Champion} is the first champion of {agent}: there is none before it. Name a version.");
        if (await versions.GetAsync(agent, target, cancellationToken) is null)
        {
            var known = string.Join(", ", (await versions.ListAsync(agent, cancellationToken)).Select(v => v.Id));
            return RoutingChange.Refused(table, $"Agent {agent} has no version '{target}'. It has: {known}.");
        }
        if (await deployments.ClaimAsync(agent, target, cancellationToken) is { } cannotAnswer) return RoutingChange.Refused(table, cannotAnswer);
        var change = await routing.ChangeAsync(agent, now => RoutingChanges.RollBackTo(now, target), null, cancellationToken);
        if (change is { Changed: true, Table: { } after })
        {
            var evidence = new { From = table.Champion, To = target, Experiment = table.Experiment?.Id, Reason = reason, after.Revision };
            await audit.AppendAsync(agent, new AuditRecord("rolledBack", null, by, evidence, $"{agent}/rollBack/{after.Revision}"), cancellationToken);
        }
        return change;
    }
}
