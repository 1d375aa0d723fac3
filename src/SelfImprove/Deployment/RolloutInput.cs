using SelfImprove.Deployment.Experiments;
using SelfImprove.Deployment.Shadow;
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
    /// <summary>Whether the versions are deployed before they answer (the manifest's <c>deployment.target</c> is not <c>router</c>).</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingDefault)]
    public bool Deploys { get; init; }

    /// <summary>Whether the candidate is tested in the shadow first (the manifest's <c>deployment.rollout.shadow.requests</c> is not 0).</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingDefault)]
    public bool Shadows { get; init; }

    /// <summary>The shadow stage under way, where a rollout goes on with a fresh history; null for callers.</summary>
    public BegunShadow? Shadow { get; init; }

    /// <summary>The share of the endpoint's own traffic that is copied to the candidate in the shadow stage, in percent; 0 for none.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingDefault)]
    public int MirrorPercent { get; init; }

    /// <summary>The experiment's id: one per run and round.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string Experiment => $"{Run.Run}-{Run.Round}";
}
