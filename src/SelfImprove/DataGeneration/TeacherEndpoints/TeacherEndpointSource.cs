using Microsoft.Extensions.DependencyInjection;
using SelfImprove.Agents;
using SelfImprove.Agents.Manifests;
using SelfImprove.Models;
using SelfImprove.Models.Endpoints;

namespace SelfImprove.DataGeneration.TeacherEndpoints;

/// <summary>Opens teachers that a run has deployed, by their endpoint's name: <c>endpoint:{name}</c>.</summary>
/// <param name="leases">Tell where they answer.</param>
/// <param name="services">Give the catalogue, of which this source is a part.</param>
/// <param name="clock">Tells how old an answer is.</param>
public sealed class TeacherEndpointSource(EndpointLeases leases, IServiceProvider services, TimeProvider clock) : IModelSource
{
    private readonly CurrentObjects<EndpointLease> _leases = new(leases.ReadAsync, clock);

    /// <inheritdoc/>
    public string Scheme => TeacherEndpoint.Scheme;

    /// <inheritdoc/>
    /// <exception cref="ModelNotServedException">It is not deployed.</exception>
    public async Task<IChatModel> OpenAsync(string reference, TaskSettings task, CancellationToken cancellationToken = default)
    {
        // What says no is asked again: it may be a moment too old.
        var lease = await _leases.GetAsync(reference, cancellationToken) is { State: LeaseState.Wanted, Serving: not null } known
            ? known
            : await leases.ReadAsync(reference, cancellationToken);
        if (lease is not { State: LeaseState.Wanted, Serving: { } serving })
            throw new ModelNotServedException($"The teacher's endpoint {reference} is not deployed: a run deploys it while it labels, and removes it afterwards.");
        return await services.GetRequiredService<ModelCatalog>().OpenAsync(serving, task, cancellationToken);
    }
}
