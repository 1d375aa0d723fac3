using SelfImprove.Azure.Arm;
using SelfImprove.Deployment.Targets;
using SelfImprove.Models.Endpoints;

namespace SelfImprove.Azure.Deployment;

/// <summary>
/// Deployments of fine-tuned models in an Azure OpenAI account. The service splits no traffic: the router does; which deployment serves is written into its tag
/// <c>selfimprove-role: champion</c>. A version that is <c>openai:{endpoint}/{fine-tuned model}</c> gets a deployment of that very name, so that its reference
/// answers as it is; one that is <c>openai-fine-tuned:{model}</c> gets a short name, and is found through the record of what is deployed.
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
        if (WantedOf(order, profile) is not { } wanted)
            return Task.FromResult(EndpointStatus.Failed(
                $"{order.Version} is {order.Model}, which Azure OpenAI can't deploy: expected openai:{profile.ModelEndpoint}/NAME (at most {DeploymentNames.MaxOpenAi} characters of name) or {ModelScheme}:NAME, a fine-tuned model."));
        return _deployments.AdvanceAsync(wanted, $"openai:{profile.ModelEndpoint}/{wanted.Name}", mayBeOthers: false, operation, cancellationToken);
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

    private static OpenAiDeployment? WantedOf(DeploymentOrder order, OpenAiProfile profile)
    {
        const string Prefix = ModelScheme + ":";
        var own = $"openai:{profile.ModelEndpoint}/";
        var model = order.Model.StartsWith(Prefix, StringComparison.Ordinal) ? order.Model[Prefix.Length..]
            : order.Model.StartsWith(own, StringComparison.Ordinal) && order.Model.Length - own.Length <= DeploymentNames.MaxOpenAi ? order.Model[own.Length..]
            : "";
        return model.Length > 0 ? new OpenAiDeployment(NameOf(order), model, "1", profile.Sku, profile.Capacity) : null;
    }

    private static string NameOf(DeploymentOrder order) => order.Model.StartsWith("openai:", StringComparison.Ordinal)
        ? order.Model[(order.Model.IndexOf('/', StringComparison.Ordinal) + 1)..]
        : DeploymentNames.Of(order.Agent, order.Version, DeploymentNames.MaxOpenAi);
}
