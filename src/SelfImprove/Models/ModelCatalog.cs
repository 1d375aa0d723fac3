using SelfImprove.Agents.Manifests;
using SelfImprove.Telemetry;

namespace SelfImprove.Models;

/// <summary>Opens any model by its reference, through the source that serves its scheme.</summary>
/// <param name="sources">All sources of this host.</param>
public sealed class ModelCatalog(IEnumerable<IModelSource> sources)
{
    private readonly Dictionary<string, IModelSource> _sources = sources.ToDictionary(s => s.Scheme, StringComparer.Ordinal);

    /// <summary>The schemes that this host serves, in order.</summary>
    public IReadOnlyList<string> Schemes { get; } = [.. sources.Select(s => s.Scheme).Order(StringComparer.Ordinal)];

    /// <summary>Opens a model.</summary>
    /// <exception cref="ArgumentException">No source serves the reference's scheme.</exception>
    public Task<IChatModel> OpenAsync(string reference, TaskSettings task, CancellationToken cancellationToken = default)
    {
        var colon = reference.IndexOf(':', StringComparison.Ordinal);
        var scheme = colon < 0 ? "" : reference[..colon];
        if (!_sources.TryGetValue(scheme, out var source))
            throw new ArgumentException(
                $"The model reference '{reference}' has no known scheme. Expected one of: {string.Join(", ", _sources.Keys.Order().Select(k => k + ":"))}.",
                nameof(reference));
        var model = source.OpenAsync(reference[(colon + 1)..], task, cancellationToken);
        return MeteredModel.IsWanted ? MeterAsync(model, source, reference[(colon + 1)..]) : model;
    }

    private static async Task<IChatModel> MeterAsync(Task<IChatModel> model, IModelSource source, string reference) =>
        new MeteredModel(await model.ConfigureAwait(false), source.Identify(reference));
}
