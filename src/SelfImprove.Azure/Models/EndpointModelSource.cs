using SelfImprove.Agents.Manifests;
using SelfImprove.Models;

namespace SelfImprove.Azure.Models;

/// <summary>Opens models of endpoints: <c>openai:{endpoint}/{model or deployment}</c>, for example <c>openai:main/gpt-4.1</c>.</summary>
/// <param name="endpoints">The endpoints of the host's configuration.</param>
public sealed class EndpointModelSource(ModelEndpoints endpoints) : IModelSource
{
    /// <inheritdoc/>
    public string Scheme => "openai";

    /// <inheritdoc/>
    /// <exception cref="UnusableModelException">The configuration has no such endpoint, or does not let the model be used.</exception>
    /// <exception cref="ArgumentException">The reference has another form.</exception>
    public Task<IChatModel> OpenAsync(string reference, TaskSettings task, CancellationToken cancellationToken = default)
    {
        var slash = reference.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && slash < reference.Length - 1
            ? Task.FromResult(endpoints.Chat(reference[..slash], reference[(slash + 1)..]))
            : throw new ArgumentException(
                $"'openai:{reference}' names no model of an endpoint. Expected openai:{{endpoint}}/{{model or deployment}}, for example openai:main/gpt-4.1.",
                nameof(reference));
    }

    /// <inheritdoc/>
    public ModelIdentity Identify(string reference)
    {
        var slash = reference.IndexOf('/', StringComparison.Ordinal);
        var url = endpoints.Get(reference[..slash]).Url;
        return new ModelIdentity(IsAzure(url.Host) ? "azure.ai.openai" : "openai", reference[(slash + 1)..], url.Host, url.Port);
    }

    private static bool IsAzure(string host) =>
        host.EndsWith(".openai.azure.com", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".services.ai.azure.com", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".cognitiveservices.azure.com", StringComparison.OrdinalIgnoreCase);
}
