using SelfImprove.Orchestration;

namespace SelfImprove.Deployment.Targets;

/// <summary>Deploys a version on a person's word: before a roll-back to one whose deployment has been removed.</summary>
/// <param name="client">Starts it.</param>
/// <param name="clock">Names it.</param>
public sealed class VersionDeployer(IOrchestrationClient client, TimeProvider clock)
{
    /// <summary>Starts the deployment, once a minute at most. Without traffic it is removed again after a day.</summary>
    /// <returns>The id of the <see cref="DeployVersion"/> instance; its output says whether the version answers.</returns>
    public async Task<string> StartAsync(string agent, string version, CancellationToken cancellationToken = default)
    {
        var id = $"deploy/{agent}/{version}/{clock.GetUtcNow().UtcDateTime:yyyyMMddHHmm}";
        await client.StartAsync(DeployVersion.Ref, id, new DeployInput(agent, version), cancellationToken);
        return id;
    }
}
