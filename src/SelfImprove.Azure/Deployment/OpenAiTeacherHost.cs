using SelfImprove.Azure.Arm;
using SelfImprove.DataGeneration.TeacherEndpoints;
using SelfImprove.Models.Endpoints;

namespace SelfImprove.Azure.Deployment;

/// <summary>Teachers that runs deploy in an Azure OpenAI account while they need them, within what the profile allows.</summary>
/// <param name="settings">Where, and by which profiles.</param>
/// <param name="arm">Azure Resource Manager.</param>
public sealed class OpenAiTeacherHost(AzureDeploymentSettings settings, ArmResources arm) : ITeacherHost
{
    private readonly OpenAiDeployments _deployments = new(settings, arm);

    /// <inheritdoc/>
    public bool Has(string profile) => settings.OpenAiProfiles.ContainsKey(profile);

    /// <inheritdoc/>
    public Task<EndpointStatus> AdvanceAsync(TeacherEndpoint endpoint, string? operation, CancellationToken cancellationToken = default)
    {
        var profile = settings.OpenAiProfiles[endpoint.Profile];
        return Refusal(profile, endpoint) is { } no
            ? Task.FromResult(EndpointStatus.Failed(no))
            : _deployments.AdvanceAsync(
                new OpenAiDeployment(endpoint.Name, endpoint.Model, endpoint.Version, endpoint.Sku, endpoint.Capacity), $"openai:{profile.ModelEndpoint}/{endpoint.Name}",
                mayBeOthers: true, operation, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<EndpointStatus> RemoveAsync(TeacherEndpoint endpoint, string? operation, CancellationToken cancellationToken = default) =>
        _deployments.RemoveAsync(endpoint.Name, operation, cancellationToken);

    private static string? Refusal(OpenAiProfile profile, TeacherEndpoint endpoint) => endpoint switch
    {
        _ when !profile.TeacherModels.Contains(endpoint.Model) =>
            $"Profile {endpoint.Profile} does not let {endpoint.Model} be deployed as a teacher{(profile.TeacherModels.Count > 0 ? $", only {string.Join(", ", profile.TeacherModels)}" : "")}.",
        _ when !profile.TeacherSkus.Contains(endpoint.Sku) => $"Profile {endpoint.Profile} does not let teachers have the sku {endpoint.Sku}, only {string.Join(", ", profile.TeacherSkus)}.",
        _ when endpoint.Capacity > profile.TeacherCapacity => $"Profile {endpoint.Profile} lets a teacher have a capacity of {profile.TeacherCapacity} at most; {endpoint.Capacity} was asked for.",
        _ => null,
    };
}
