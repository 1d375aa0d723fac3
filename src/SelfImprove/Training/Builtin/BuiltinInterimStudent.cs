using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration.Datasets;
using SelfImprove.DataGeneration.Selection;
using SelfImprove.Models;

namespace SelfImprove.Training.Builtin;

/// <summary>The built-in student, fitted for a moment: uncalibrated, since only the order of its doubts counts.</summary>
/// <param name="threads">Threads of a fit; as many as there are cores where null.</param>
public sealed class BuiltinInterimStudent(TrainingThreads? threads = null) : IInterimStudent
{
    /// <inheritdoc/>
    public string Trainer => "builtin";

    /// <inheritdoc/>
    public async Task<IChatModel?> FitAsync(IReadOnlyList<DatasetExample> rows, TaskSettings task, int seed, CancellationToken cancellationToken = default)
    {
        var examples = rows.Select(r => new TextExample(r.Text, r.Decision, r.Weight)).ToList();
        if (examples.Select(e => e.Label).Distinct(StringComparer.Ordinal).Take(2).Count() < 2) return null;
        var student = await Task.Run(() => StudentTrainer.Train(examples, StudentSettings.Default with { Calibrate = false, MaxThreads = threads?.Most }, seed, cancellationToken), cancellationToken);
        return new BuiltinModel(student, task.Output);
    }
}
