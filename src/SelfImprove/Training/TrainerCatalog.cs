namespace SelfImprove.Training;

/// <summary>The training targets of this host.</summary>
/// <param name="trainers">All of them.</param>
public sealed class TrainerCatalog(IEnumerable<ITrainer> trainers)
{
    private readonly Dictionary<string, ITrainer> _trainers = trainers.ToDictionary(t => t.Name, StringComparer.Ordinal);

    /// <summary>A trainer by the name that manifests use.</summary>
    /// <exception cref="ArgumentException">This host has none of that name.</exception>
    public ITrainer Get(string name) =>
        _trainers.TryGetValue(name, out var trainer)
            ? trainer
            : throw new ArgumentException($"student.trainer is '{name}', but this host has only: {string.Join(", ", _trainers.Keys.Order())}.", nameof(name));
}
