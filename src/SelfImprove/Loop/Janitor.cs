using Microsoft.Extensions.Logging;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Routing;
using SelfImprove.DataGeneration.TeacherEndpoints;
using SelfImprove.Deployment.Targets;
using SelfImprove.Monitoring.Triggers;
using SelfImprove.Orchestration;
using SelfImprove.Storage;
using SelfImprove.Training;

namespace SelfImprove.Loop;

/// <summary>Reconciles leases, routing and the register of runs with the engine: a run that was terminated never cleaned up after itself.</summary>
/// <param name="manifests">Tell agents and groups.</param>
/// <param name="leases">Who holds them.</param>
/// <param name="routing">Experiments and pauses under way.</param>
/// <param name="cleanup">Takes back what a run did to the routing.</param>
/// <param name="register">Runs under way.</param>
/// <param name="client">Tells which runs have ended.</param>
/// <param name="deployments">Removes versions' deployments that nobody uses.</param>
/// <param name="teachers">Removes teachers' endpoints that nobody holds.</param>
/// <param name="jobs">Training jobs that may be at work.</param>
/// <param name="logger">Gets what was found.</param>
public sealed class Janitor(
    ManifestStore manifests, LeaseBook leases, RoutingStore routing, RouteCleanup cleanup, RunRegister register, IOrchestrationClient client,
    DeploymentJanitor deployments, TeacherEndpointJanitor teachers, OpenJobs jobs, ILogger<Janitor> logger)
{
    /// <summary>Looks at every agent. What belongs to a run that is still at work, or that the engine does not know, is left alone.</summary>
    public async Task TidyAsync(CancellationToken cancellationToken = default)
    {
        foreach (var agent in await manifests.ListAgentsAsync(cancellationToken)) await TidyAsync(agent, cancellationToken);
        await TidyEndpointsAsync(cancellationToken);
    }

    /// <summary>Removes deployments whose time is over, and teachers that no run at work uses.</summary>
    public async Task TidyEndpointsAsync(CancellationToken cancellationToken = default)
    {
        await deployments.TidyAsync(cancellationToken);
        await teachers.TidyAsync(cancellationToken);
    }

    /// <summary>Looks at one agent.</summary>
    public async Task TidyAsync(string agent, CancellationToken cancellationToken = default)
    {
        if (await manifests.GetAsync(agent, cancellationToken) is not { } revision) return;
        await jobs.TidyAsync(agent, async (run, stop) => (await client.GetAsync(run, stop))?.HasEnded, cancellationToken);
        if (await EndedHolderAsync(LeaseBook.ForAgent(agent), cancellationToken) is { } run) await TidyAsync(agent, run, cancellationToken);
        if (revision.Manifest.Group is { } group && await EndedHolderAsync(LeaseBook.ForGroup(group), cancellationToken) is { } other)
            await leases.ReleaseAsync(LeaseBook.ForGroup(group), other, cancellationToken);
        if (await routing.GetAsync(agent, cancellationToken) is { Pause: { } pause } && await HasEndedAsync(pause.Run, cancellationToken))
            await TidyAsync(agent, pause.Run, cancellationToken);
    }

    /// <summary>Whether no run has a hand on the agent: nothing is left for the janitor to watch.</summary>
    public async Task<bool> IsFreeAsync(string agent, CancellationToken cancellationToken = default)
    {
        if (await register.ActiveAsync(agent, cancellationToken) is not null) return false;
        if ((await leases.ReadAsync(LeaseBook.ForAgent(agent), cancellationToken))?.Run is not null) return false;
        var group = (await manifests.GetAsync(agent, cancellationToken))?.Manifest.Group;
        if (group is not null && (await leases.ReadAsync(LeaseBook.ForGroup(group), cancellationToken))?.Run is not null) return false;
        if ((await jobs.ListAsync(agent, cancellationToken)).Count > 0) return false;
        return await routing.GetAsync(agent, cancellationToken) is not { } table || (table.Pause is null && table.Experiment is null);
    }

    private async Task TidyAsync(string agent, string run, CancellationToken cancellationToken)
    {
        // Routing first: as long as the lease is held, no other run touches it.
        await cleanup.CleanAsync(agent, run, cancellationToken);
        await register.EndAsync(agent, run, cancellationToken);
        await leases.ReleaseAsync(LeaseBook.ForAgent(agent), run, cancellationToken);
        logger.TidiedUp(run, agent);
    }

    private async Task<string?> EndedHolderAsync(string lease, CancellationToken cancellationToken) =>
        (await leases.ReadAsync(lease, cancellationToken))?.Run is { } run && await HasEndedAsync(run, cancellationToken) ? run : null;

    private async Task<bool> HasEndedAsync(string run, CancellationToken cancellationToken) => await client.GetAsync(run, cancellationToken) is { HasEnded: true };
}
