using System.Text.Json.Nodes;
using SelfImprove.Azure.Arm;
using SelfImprove.Models.Endpoints;

namespace SelfImprove.Azure.Deployment;

/// <summary>What is deployed in an Azure OpenAI account.</summary>
/// <param name="Name">The deployment's name: what callers give as <c>model</c>.</param>
/// <param name="Model">The model's name.</param>
/// <param name="Version">The model's version.</param>
/// <param name="Sku">The kind of deployment.</param>
/// <param name="Capacity">How much of it.</param>
internal sealed record OpenAiDeployment(string Name, string Model, string Version, string Sku, int Capacity);

/// <summary>Deployments of an Azure OpenAI account (api-version 2024-10-01), one step a call.</summary>
/// <param name="settings">Which account.</param>
/// <param name="arm">Azure Resource Manager.</param>
internal sealed class OpenAiDeployments(AzureDeploymentSettings settings, ArmResources arm)
{
    public const string ApiVersion = "2024-10-01";

    /// <summary>Brings a deployment towards answering.</summary>
    /// <param name="wanted">What.</param>
    /// <param name="serving">The model reference that it will answer under.</param>
    /// <param name="mayBeOthers">Whether one of that name that the runtime did not make will do.</param>
    /// <param name="operation">What the last look named.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<EndpointStatus> AdvanceAsync(OpenAiDeployment wanted, string serving, bool mayBeOthers, string? operation, CancellationToken cancellationToken)
    {
        if (await ArmSteps.PollAsync(arm, operation, failureEnds: true, cancellationToken) is { } working) return working;
        return await ArmSteps.TryAsync(async () =>
        {
            if (await arm.GetAsync(IdOf(wanted.Name), ApiVersion, cancellationToken) is not { } found)
                return ArmSteps.Began(await arm.PutAsync(IdOf(wanted.Name), ApiVersion, Body(wanted), cancellationToken), "the deployment is being made");
            if (!mayBeOthers && !ArmSteps.IsOurs(found))
                return EndpointStatus.Failed($"Account {settings.Account} has a deployment {wanted.Name} that the runtime did not make; it is left alone. Remove or rename it.");
            return ArmSteps.Unready(found, "the deployment") ?? EndpointStatus.Healthy(serving);
        });
    }

    /// <summary>Takes a deployment away.</summary>
    public async Task<EndpointStatus> RemoveAsync(string name, string? operation, CancellationToken cancellationToken)
    {
        if (await ArmSteps.PollAsync(arm, operation, failureEnds: false, cancellationToken) is { } working) return working;
        return await ArmSteps.TryAsync(async () =>
        {
            if (await arm.GetAsync(IdOf(name), ApiVersion, cancellationToken) is not { } found || !ArmSteps.IsOurs(found)) return EndpointStatus.Gone;
            if (found.Text("properties.provisioningState") is "Deleting") return EndpointStatus.Working("the deployment is being removed");
            return await arm.DeleteAsync(IdOf(name), ApiVersion, cancellationToken) is { } reply ? ArmSteps.Began(reply, "the deployment is being removed") : EndpointStatus.Gone;
        });
    }

    /// <summary>Writes into a deployment's tags what it is for, so that other callers can find the one that serves.</summary>
    public async Task<EndpointStatus> WriteRoleAsync(OpenAiDeployment wanted, string role, string? operation, CancellationToken cancellationToken)
    {
        if (await ArmSteps.PollAsync(arm, operation, failureEnds: true, cancellationToken) is { } working) return working;
        return await ArmSteps.TryAsync(async () =>
        {
            if (await arm.GetAsync(IdOf(wanted.Name), ApiVersion, cancellationToken) is not { } found || !ArmSteps.IsOurs(found)) return EndpointStatus.Healthy();
            if (found.Text($"tags.{ArmSteps.OwnerTag}-role") == role) return ArmSteps.Unready(found, "the deployment") ?? EndpointStatus.Healthy();
            return ArmSteps.Began(await arm.PutAsync(IdOf(wanted.Name), ApiVersion, Body(wanted, ("role", role)), cancellationToken, found.ETag), "the deployment's tags are being written");
        });
    }

    private string IdOf(string name) => $"{settings.AccountId}/deployments/{name}";

    private static JsonObject Body(OpenAiDeployment wanted, params (string, string)[] tags) => new()
    {
        ["tags"] = ArmSteps.Tags(tags),
        ["sku"] = new JsonObject { ["name"] = wanted.Sku, ["capacity"] = wanted.Capacity },
        ["properties"] = new JsonObject { ["model"] = new JsonObject { ["format"] = "OpenAI", ["name"] = wanted.Model, ["version"] = wanted.Version } },
    };
}
