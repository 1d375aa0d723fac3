using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Agents;
using SelfImprove.Agents.Manifests;
using SelfImprove.Models;
using SelfImprove.Models.Endpoints;

namespace SelfImprove.Deployment.Targets;

/// <summary>
/// Opens models that answer only once they are deployed: looks up where (at most 5 s old, kept while the store fails) and opens that. So a version keeps the
/// reference of what was trained, wherever it is served from today.
/// </summary>
/// <param name="scheme">The scheme of such models' references, as the trainer gives them.</param>
/// <param name="book">Tells where they answer.</param>
/// <param name="services">Give the catalogue, of which this source is a part.</param>
/// <param name="clock">Tells how old an answer is.</param>
public sealed class DeployedModelSource(string scheme, DeploymentBook book, IServiceProvider services, TimeProvider clock) : IModelSource
{
    private readonly CurrentObjects<ServedModel> _served = new(book.ServingAsync, clock);

    /// <inheritdoc/>
    public string Scheme => scheme;

    /// <inheritdoc/>
    /// <exception cref="ModelNotServedException">The model is not deployed.</exception>
    public async Task<IChatModel> OpenAsync(string reference, TaskSettings task, CancellationToken cancellationToken = default)
    {
        var model = $"{scheme}:{reference}";
        // What says no is asked again: it may be a moment too old.
        var served = await _served.GetAsync(model, cancellationToken) is { Places.Count: > 0 } known ? known : await book.ServingAsync(model, cancellationToken);
        if (served is not { Places: [var place, ..] })
            throw new ModelNotServedException(
                $"The model {model} is deployed nowhere, so it can't answer. Its version needs a deployment: set deployment.target in the agent's manifest, or deploy it again.");
        return await services.GetRequiredService<ModelCatalog>().OpenAsync(place.Serving, task, cancellationToken);
    }
}
