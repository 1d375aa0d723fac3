using SelfImprove.Models.Endpoints;

namespace SelfImprove.Deployment.Targets;

/// <summary>The default: a version's model answers wherever it is, and the router alone decides who is asked. There is nothing to do.</summary>
public sealed class RouterTarget : IDeploymentTarget
{
    /// <inheritdoc/>
    public string Kind => Agents.Manifests.DeploymentSettings.RouterTarget;

    /// <inheritdoc/>
    public string? Refusal(string? profile) => profile is null ? null : $"deployment.profile is '{profile}', but deployment.target router takes none.";

    /// <inheritdoc/>
    public Task<EndpointStatus> AdvanceAsync(DeploymentOrder order, string? operation, CancellationToken cancellationToken = default) =>
        Task.FromResult(EndpointStatus.Healthy(order.Model));

    /// <inheritdoc/>
    public Task<EndpointStatus> WriteTrafficAsync(DeploymentOrder order, TrafficWish wish, string? operation, CancellationToken cancellationToken = default) =>
        Task.FromResult(EndpointStatus.Healthy());

    /// <inheritdoc/>
    public Task<EndpointStatus> RemoveAsync(DeploymentOrder order, string? operation, CancellationToken cancellationToken = default) =>
        Task.FromResult(EndpointStatus.Gone);
}
