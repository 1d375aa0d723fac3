using SelfImprove.Runs;

namespace SelfImprove.Planning;

/// <summary>The output of <c>PlanRound</c>: a plan, or an ending of the run.</summary>
/// <param name="Plan">What to do; null where the run ends.</param>
/// <param name="Words">The plan and its prediction, for a person.</param>
/// <param name="Gain">Predicted gain.</param>
/// <param name="CostUsd">Predicted cost.</param>
/// <param name="Labelled">Store path of inputs already labelled for the diagnosis, to be trained on as well; null where there are none.</param>
/// <param name="Ending">How the run ends; null where it goes on.</param>
/// <param name="Reason">Why it ends.</param>
public sealed record PlanRoundOutput(
    ImprovementPlan? Plan, string Words, double Gain, decimal CostUsd, string? Labelled, ImprovementEnding? Ending, string? Reason)
{
    /// <summary>Who gave those labels.</summary>
    public string? LabelledBy { get; init; }

    /// <summary>Of <see cref="ImprovementEnding.RolledBack"/>: the version to go back to.</summary>
    public string? RollBackTo { get; init; }

    /// <summary>Of <see cref="ImprovementEnding.Quarantined"/>: the source, as <c>kind:id</c>.</summary>
    public string? Source { get; init; }
}
