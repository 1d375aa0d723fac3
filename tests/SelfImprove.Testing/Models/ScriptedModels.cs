using System.Collections.Concurrent;
using SelfImprove.Agents.Manifests;
using SelfImprove.Models;

namespace SelfImprove.Testing.Models;

/// <summary>The scheme <c>scripted:</c>: models that a test brings, by name.</summary>
public sealed class ScriptedModels : IModelSource
{
    private readonly ConcurrentDictionary<string, IChatModel> _models = new(StringComparer.Ordinal);

    public string Scheme => "scripted";

    /// <summary>Adds a model, or puts it in another's place.</summary>
    /// <returns>Its reference, for manifests and versions.</returns>
    public string Add(string name, IChatModel model)
    {
        _models[name] = model;
        return $"{Scheme}:{name}";
    }

    public Task<IChatModel> OpenAsync(string reference, TaskSettings task, CancellationToken cancellationToken = default) =>
        _models.TryGetValue(reference, out var model) ? Task.FromResult(model) : throw new FileNotFoundException($"The test has no model '{reference}'.");
}
