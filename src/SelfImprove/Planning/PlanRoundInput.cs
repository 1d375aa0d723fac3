using SelfImprove.Agents.Manifests;
using SelfImprove.Runs;

namespace SelfImprove.Planning;

/// <summary>The input of <c>PlanRound</c>.</summary>
/// <param name="Run">The run and round.</param>
/// <param name="Cause">Why the run was started.</param>
/// <param name="Look">From 1: grows when the planner looks again after waiting.</param>
/// <param name="Waited">Requests waited for so far.</param>
/// <param name="Earlier">What the rounds before came to.</param>
/// <param name="Champion">The version that serves.</param>
/// <param name="Mode">The autonomy: advising spends nothing.</param>
public sealed record PlanRoundInput(
    RunRef Run, ImprovementCause Cause, int Look, int Waited, IReadOnlyList<RoundResult> Earlier, string Champion, ImprovementMode Mode)
{
    /// <summary>Store path of inputs labelled for an earlier diagnosis of this run: used again where none are labelled now; null where there are none.</summary>
    public string? Pilot { get; init; }

    /// <summary>Store paths of all inputs labelled earlier in the run.</summary>
    public IReadOnlyList<string> Labelled { get; init; } = [];
}
