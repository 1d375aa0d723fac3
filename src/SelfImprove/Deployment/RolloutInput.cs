using SelfImprove.Deployment.Experiments;
using SelfImprove.Runs;

namespace SelfImprove.Deployment;

/// <summary>The input of <c>Rollout</c>.</summary>
/// <param name="Run">The run and round.</param>
/// <param name="Champion">The version that serves.</param>
/// <param name="Candidate">The version that challenges it.</param>
/// <param name="SuperiorityProven">Whether the evaluation proved it better: then online non-inferiority is enough.</param>
/// <param name="Begun">The experiment under way, where a rollout goes on with a fresh history; null for callers.</param>
public sealed record RolloutInput(RunRef Run, string Champion, string Candidate, bool SuperiorityProven, BegunExperiment? Begun = null)
{
    /// <summary>The experiment's id: one per run and round.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string Experiment => $"{Run.Run}-{Run.Round}";
}
