using SelfImprove.Azure.Arm;
using SelfImprove.Deployment.Targets;
using SelfImprove.Models.Endpoints;

namespace SelfImprove.Azure.Deployment;

/// <summary>
/// Deployments of fine-tuned models in an Azure OpenAI account. The service splits no traffic: the router does; which deployment serves is written into its tag
/// <c>selfimprove-role: champion</c>.
/// </summary>
/// <param name="settings">Where, and by which profiles.</param>
/// <param name="arm">Azure Resource Manager.</param>
public sealed class OpenAiDeploymentTarget(AzureDeploymentSettings settings, ArmResources arm) : IDeploymentTarget
{
    /// <summary>The scheme of references to fine-tuned models: <c>openai-fine-tuned:{name of the fine-tuned model}</c>.</summary>
    public const string ModelScheme = "openai-fine-tuned";

    private readonly OpenAiDeployments _deployments = new(settings, arm);

    /// <inheritdoc/>
    public string Kind => "azure-openai";

    /// <inheritdoc/>
    public string? Refusal(string? profile) => Find(profile) is null ? ProfileChoice.Refusal(Kind, profile, settings.OpenAiProfiles.Keys) : null;

    /// <inheritdoc/>
    public Task<EndpointStatus> AdvanceAsync(DeploymentOrder order, string? operation, CancellationToken cancellationToken = default)
    {
        if (Find(order.Profile) is not { } profile) return Task.FromResult(EndpointStatus.Failed(Refusal(order.Profile)!));
        return WantedOf(order, profile) is { } wanted
            ? _deployments.AdvanceAsync(wanted, $"openai:{profile.ModelEndpoint}/{wanted.Name}", mayBeOthers: false, operation, cancellationToken)
            : Task.FromResult(EndpointStatus.Failed($"{order.Version} is {order.Model}, which Azure OpenAI can't deploy: expected {ModelScheme}:NAME, a fine-tuned model."));
    }

    /// <inheritdoc/>
    public Task<EndpointStatus> WriteTrafficAsync(DeploymentOrder order, TrafficWish wish, string? operation, CancellationToken cancellationToken = default) =>
        wish.Serves && Find(order.Profile) is { } profile && WantedOf(order, profile) is { } wanted
            ? _deployments.WriteRoleAsync(wanted, "champion", operation, cancellationToken)
            : Task.FromResult(EndpointStatus.Healthy());

    /// <inheritdoc/>
    public Task<EndpointStatus> RemoveAsync(DeploymentOrder order, string? operation, CancellationToken cancellationToken = default) =>
        _deployments.RemoveAsync(NameOf(order), operation, cancellationToken);

    private OpenAiProfile? Find(string? profile) => ProfileChoice.Find(settings.OpenAiProfiles, profile);

    private static OpenAiDeployment? WantedOf(DeploymentOrder order, OpenAiProfile profile) =>
        order.Model.StartsWith(ModelScheme + ":", StringComparison.Ordinal)
            ? new OpenAiDeployment(NameOf(order), order.Model[(ModelScheme.Length + 1)..], "1", profile.Sku, profile.Capacity)
            : null;

    private static string NameOf(DeploymentOrder order) => DeploymentNames.Of(order.Agent, order.Version, DeploymentNames.MaxOpenAi);
}
