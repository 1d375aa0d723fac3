using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration.Datasets;
using SelfImprove.Models;

namespace SelfImprove.DataGeneration.Selection;

/// <summary>Fits a student for a moment, where training is cheap, to tell which inputs it would still be unsure of. A trainer that has none leaves that to the champion.</summary>
public interface IInterimStudent
{
    /// <summary>The trainer it stands for.</summary>
    string Trainer { get; }

    /// <summary>Fits one; the same rows and seed give the same student.</summary>
    /// <param name="rows">What to learn from.</param>
    /// <param name="task">The task.</param>
    /// <param name="seed">Seeds the fit.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The student; null where the rows have fewer than two decisions.</returns>
    Task<IChatModel?> FitAsync(IReadOnlyList<DatasetExample> rows, TaskSettings task, int seed, CancellationToken cancellationToken = default);
}
