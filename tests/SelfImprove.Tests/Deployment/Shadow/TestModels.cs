using System.Collections.Concurrent;
using SelfImprove.Agents.Manifests;
using SelfImprove.Models;

namespace SelfImprove.Tests.Deployment.Shadow;

/// <summary>The scheme <c>test:</c>: models that a test brings, by name, with what each was asked.</summary>
internal sealed class TestModels : IModelSource
{
    private readonly ConcurrentDictionary<string, Func<ModelRequest, ModelAnswer>> _models = new(StringComparer.Ordinal);

    public string Scheme => "test";

    /// <summary>Every question, oldest first; of a model in flight too.</summary>
    public ConcurrentQueue<(string Model, ModelRequest Request)> Asked { get; } = new();

    public Func<ModelRequest, ModelAnswer> this[string name]
    {
        set => _models[name] = value;
    }

    public void Remove(string name) => _models.TryRemove(name, out _);

    public int CountOf(string model) => Asked.Count(a => a.Model == model);

    public Task<IChatModel> OpenAsync(string reference, TaskSettings task, CancellationToken cancellationToken = default) =>
        _models.ContainsKey(reference) ? Task.FromResult<IChatModel>(new Model(this, reference)) : throw new FileNotFoundException($"The test has no model '{reference}'.");

    private sealed class Model(TestModels all, string name) : IChatModel
    {
        public Task<ModelAnswer> AnswerAsync(ModelRequest request, CancellationToken cancellationToken = default)
        {
            all.Asked.Enqueue((name, request));
            return Task.FromResult(all._models[name](request));
        }
    }
}
