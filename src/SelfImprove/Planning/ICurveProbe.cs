using SelfImprove.Agents.Manifests;

namespace SelfImprove.Planning;

/// <summary>Measures learning curves by sub-sampled fits, where training is cheap. A trainer that has none leaves the planner to its prior.</summary>
public interface ICurveProbe
{
    /// <summary>The trainer it stands for.</summary>
    string Trainer { get; }

    /// <summary>
    /// Fits the champion's rows plus 0, a third, two thirds and (nearly) all of the new ones, and counts errors on the new rows
    /// left out; cross-fitted, so that every new row is judged once per point.
    /// </summary>
    /// <param name="dataset">Store path of the champion's dataset; null where it has none.</param>
    /// <param name="fresh">Recent inputs with their labels.</param>
    /// <param name="task">The task.</param>
    /// <param name="seed">Seeds folds and fits.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<IReadOnlyList<CurvePoint>> MeasureAsync(string? dataset, IReadOnlyList<(string Text, string Decision)> fresh, TaskSettings task, int seed,
        CancellationToken cancellationToken = default);

    /// <summary>Measures what feedback brings as rows, and as pairs beside the rows that there are; null where it can't.</summary>
    /// <param name="dataset">Store path of the champion's dataset.</param>
    /// <param name="feedback">The feedback of the training side.</param>
    /// <param name="fresh">Recent inputs with their labels, to judge on.</param>
    /// <param name="task">The task.</param>
    /// <param name="seed">Seeds the fits.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<PreferenceEvidence?> ComparePairsAsync(
        string dataset, PreferenceFeedback feedback, IReadOnlyList<(string Text, string Decision)> fresh, TaskSettings task, int seed,
        CancellationToken cancellationToken = default) => Task.FromResult<PreferenceEvidence?>(null);

    /// <summary>Fits a quarter and a half of the champion's rows and judges them on the others; null where it can't.</summary>
    /// <param name="dataset">Store path of the champion's dataset.</param>
    /// <param name="task">The task.</param>
    /// <param name="seed">Seeds halves and fits.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<SubSampledErrors?> SubSampleAsync(string dataset, TaskSettings task, int seed, CancellationToken cancellationToken = default) =>
        Task.FromResult<SubSampledErrors?>(null);
}
