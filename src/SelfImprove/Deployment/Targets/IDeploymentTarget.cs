using SelfImprove.Models.Endpoints;

namespace SelfImprove.Deployment.Targets;

/// <summary>
/// Where a version's model is brought to so that it can answer. Every call looks at what is there and takes the next step towards what is wanted, if one is due:
/// repeated, resumed in another process, or after a call that took effect without an answer, it comes to the same. None waits for the service.
/// </summary>
/// <remarks>
/// What a later look may mend is thrown as <see cref="SelfImprove.Orchestration.TransientException"/>; everything else the service says is a status.
/// Implementations touch only what carries the runtime's own tag.
/// </remarks>
public interface IDeploymentTarget
{
    /// <summary>The name that manifests use: <c>router</c>, <c>azureml-endpoint</c>, <c>azure-openai</c>.</summary>
    string Kind { get; }

    /// <summary>Why a profile can't be used here, for the administrator; null where it can.</summary>
    string? Refusal(string? profile);

    /// <summary>Brings the version towards answering.</summary>
    /// <param name="order">What.</param>
    /// <param name="operation">What the last look named; null at first.</param>
    /// <param name="cancellationToken">Cancels the call, not the deployment.</param>
    Task<EndpointStatus> AdvanceAsync(DeploymentOrder order, string? operation, CancellationToken cancellationToken = default);

    /// <summary>Brings the endpoint's own traffic towards what is wished; healthy where it is so, or where the target has none.</summary>
    Task<EndpointStatus> WriteTrafficAsync(DeploymentOrder order, TrafficWish wish, string? operation, CancellationToken cancellationToken = default);

    /// <summary>Takes the version away; gone where it is not there, or is not ours.</summary>
    Task<EndpointStatus> RemoveAsync(DeploymentOrder order, string? operation, CancellationToken cancellationToken = default);
}
