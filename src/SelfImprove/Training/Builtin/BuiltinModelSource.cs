using System.Collections.Concurrent;
using SelfImprove.Agents.Manifests;
using SelfImprove.Models;
using SelfImprove.Storage;
using SelfImprove.Telemetry;

namespace SelfImprove.Training.Builtin;

/// <summary>Opens built-in students by their store path, and keeps those last used in memory: a model file never changes.</summary>
/// <param name="store">Where the files are.</param>
public sealed class BuiltinModelSource(IObjectStore store) : IModelSource
{
    private const int Kept = 8;
    private readonly ConcurrentDictionary<string, StudentModel> _models = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _order = new();

    /// <inheritdoc/>
    public string Scheme => "builtin";

    /// <inheritdoc/>
    public ModelIdentity Identify(string reference) => new(TelemetryNames.OwnProvider, reference);

    /// <inheritdoc/>
    /// <exception cref="InvalidModelFileException">The file is corrupt, foreign, or from a newer version.</exception>
    public async Task<IChatModel> OpenAsync(string reference, TaskSettings task, CancellationToken cancellationToken = default)
    {
        if (_models.TryGetValue(reference, out var known)) return new BuiltinModel(known, task.Output);
        var file = await store.ReadAsync(reference, cancellationToken: cancellationToken)
            ?? throw new FileNotFoundException($"There is no model file {reference}.", reference);
        StudentModel model;
        try
        {
            model = StudentModel.Load(file.Bytes.Span);
        }
        catch (InvalidModelFileException invalid)
        {
            throw new InvalidModelFileException($"{reference}: {invalid.Message}", invalid);
        }
        if (_models.TryAdd(reference, model))
        {
            _order.Enqueue(reference);
            while (_models.Count > Kept && _order.TryDequeue(out var oldest)) _models.TryRemove(oldest, out _);
        }
        return new BuiltinModel(model, task.Output);
    }
}
