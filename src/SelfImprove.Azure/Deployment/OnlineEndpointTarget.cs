using SelfImprove.Azure.Arm;
using SelfImprove.Deployment.Targets;
using SelfImprove.Models.Endpoints;

namespace SelfImprove.Azure.Deployment;

/// <summary>
/// Azure ML managed online endpoints (api-version 2025-12-01): one endpoint an agent (made without traffic), one deployment a version. A version is asked through the
/// header <c>azureml-model-deployment</c>, whatever the endpoint's own traffic is; that is written after the fact, for other callers, by a full PUT.
/// </summary>
/// <param name="settings">Where, and by which profiles.</param>
/// <param name="arm">Azure Resource Manager.</param>
public sealed class OnlineEndpointTarget(AzureDeploymentSettings settings, ArmResources arm) : IDeploymentTarget
{
    /// <summary>The api-version of endpoints and deployments.</summary>
    public const string ApiVersion = "2025-12-01";

    /// <summary>The scheme of references to models of the workspace: <c>azureml:{name}/{version}</c> (or with a colon between), or a resource's id in place of both.</summary>
    public const string ModelScheme = "azureml";

    /// <summary>The header that sends a request to one deployment; its value is the deployment's name.</summary>
    public const string DeploymentHeader = "azureml-model-deployment";

    /// <inheritdoc/>
    public string Kind => "azureml-endpoint";

    /// <inheritdoc/>
    public string? Refusal(string? profile) => Find(profile) is null ? ProfileChoice.Refusal(Kind, profile, settings.OnlineProfiles.Keys) : null;

    /// <inheritdoc/>
    public async Task<EndpointStatus> AdvanceAsync(DeploymentOrder order, string? operation, CancellationToken cancellationToken = default)
    {
        if (Find(order.Profile) is not { } profile) return EndpointStatus.Failed(Refusal(order.Profile)!);
        if (OnlineBodies.ModelIdOf(settings, order.Model) is not { } model)
            return EndpointStatus.Failed($"{order.Version} is {order.Model}, which an online endpoint can't serve: expected {ModelScheme}:NAME/VERSION, a model of workspace {settings.Workspace}.");
        if (await ArmSteps.PollAsync(arm, operation, failureEnds: true, cancellationToken) is { } working) return working;
        var endpointId = EndpointId(profile, order.Agent);
        return await ArmSteps.TryAsync(async () =>
        {
            if (await arm.GetAsync(endpointId, ApiVersion, cancellationToken) is not { } endpoint)
                return ArmSteps.Began(await arm.PutAsync(endpointId, ApiVersion, OnlineBodies.Endpoint(settings, profile), cancellationToken), "the endpoint is being made");
            if (ArmSteps.Unready(endpoint, "the endpoint") is { } unready) return unready;
            var name = NameOf(order);
            if (await arm.GetAsync(DeploymentId(endpointId, name), ApiVersion, cancellationToken) is not { } deployment)
                return ArmSteps.Began(
                    await arm.PutAsync(DeploymentId(endpointId, name), ApiVersion, OnlineBodies.Deployment(settings, profile, order, name, model), cancellationToken),
                    "the deployment is being made");
            if (!ArmSteps.IsOurs(deployment)) return EndpointStatus.Failed($"The endpoint has a deployment {name} that the runtime did not make; it is left alone. Remove or rename it.");
            return ArmSteps.Unready(deployment, "the deployment") ?? EndpointStatus.Healthy($"openai:{profile.ModelEndpointOf(order.Agent)}/{name}");
        });
    }

    /// <inheritdoc/>
    public async Task<EndpointStatus> WriteTrafficAsync(DeploymentOrder order, TrafficWish wish, string? operation, CancellationToken cancellationToken = default)
    {
        if (Find(order.Profile) is not { IsPerAgent: true } profile) return EndpointStatus.Healthy();
        if (await ArmSteps.PollAsync(arm, operation, failureEnds: true, cancellationToken) is { } working) return working;
        var name = NameOf(order);
        return await ChangeTrafficAsync(EndpointId(profile, order.Agent), (traffic, mirror) =>
        {
            mirror.Clear();
            if (wish.Serves)
            {
                traffic.Clear();
                traffic[name] = 100;
            }
            // Azure mirrors to a deployment that gets no live traffic, and only where some other does.
            else if (wish.MirrorPercent > 0 && traffic.Count > 0 && !traffic.ContainsKey(name)) mirror[name] = Math.Clamp(wish.MirrorPercent, 0, TrafficWish.MaxMirrorPercent);
        }, cancellationToken) ?? EndpointStatus.Healthy();
    }

    /// <inheritdoc/>
    public async Task<EndpointStatus> RemoveAsync(DeploymentOrder order, string? operation, CancellationToken cancellationToken = default)
    {
        if (Find(order.Profile) is not { } profile) return EndpointStatus.Working($"{Refusal(order.Profile)} It is needed to remove what was deployed by it.");
        if (await ArmSteps.PollAsync(arm, operation, failureEnds: false, cancellationToken) is { } working) return working;
        var (endpointId, name) = (EndpointId(profile, order.Agent), NameOf(order));
        return await ArmSteps.TryAsync(async () =>
        {
            if (await arm.GetAsync(DeploymentId(endpointId, name), ApiVersion, cancellationToken) is not { } deployment || !ArmSteps.IsOurs(deployment)) return EndpointStatus.Gone;
            if (deployment.Text("properties.provisioningState") is "Deleting") return EndpointStatus.Working("the deployment is being removed");
            // A deployment that gets traffic can't be deleted.
            if (await ChangeTrafficAsync(endpointId, (traffic, mirror) =>
            {
                traffic.Remove(name);
                mirror.Remove(name);
                // What remains must sum to 100, or be nothing.
                if (traffic.Values.Sum() is > 0 and < 100) traffic[traffic.MaxBy(t => t.Value).Key] += 100 - traffic.Values.Sum();
            }, cancellationToken) is { } changing) return changing;
            return await arm.DeleteAsync(DeploymentId(endpointId, name), ApiVersion, cancellationToken) is { } reply
                ? ArmSteps.Began(reply, "the deployment is being removed")
                : EndpointStatus.Gone;
        });
    }

    /// <summary>Reads the endpoint, changes its traffic, and writes all of it back where that makes a difference; null where it does not.</summary>
    private async Task<EndpointStatus?> ChangeTrafficAsync(
        string endpointId, Action<SortedDictionary<string, int>, SortedDictionary<string, int>> change, CancellationToken cancellationToken)
    {
        EndpointStatus? nothingToDo = null;
        var status = await ArmSteps.TryAsync(async () =>
        {
            if (await arm.GetAsync(endpointId, ApiVersion, cancellationToken) is not { } endpoint) return nothingToDo = EndpointStatus.Healthy();
            var (traffic, mirror) = (OnlineBodies.Shares(endpoint.Find("properties.traffic")), OnlineBodies.Shares(endpoint.Find("properties.mirrorTraffic")));
            var (before, mirrored) = (traffic.ToList(), mirror.ToList());
            change(traffic, mirror);
            if (traffic.SequenceEqual(before) && mirror.SequenceEqual(mirrored)) return nothingToDo = EndpointStatus.Healthy();
            if (ArmSteps.Unready(endpoint, "the endpoint") is { State: EndpointState.Working } busy) return busy;
            return ArmSteps.Began(
                await arm.PutAsync(endpointId, ApiVersion, OnlineBodies.WithTraffic(endpoint, traffic, mirror), cancellationToken, endpoint.ETag), "the endpoint's traffic is being written");
        });
        return nothingToDo is null ? status : null;
    }

    private OnlineProfile? Find(string? profile) => ProfileChoice.Find(settings.OnlineProfiles, profile);

    private string EndpointId(OnlineProfile profile, string agent) => $"{settings.WorkspaceId}/onlineEndpoints/{profile.EndpointOf(agent)}";

    private static string DeploymentId(string endpointId, string name) => $"{endpointId}/deployments/{name}";

    private static string NameOf(DeploymentOrder order) => DeploymentNames.Of(order.Agent, order.Version, DeploymentNames.MaxOnline);
}
