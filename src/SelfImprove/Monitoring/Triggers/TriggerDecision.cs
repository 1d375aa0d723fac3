using SelfImprove.Agents.Manifests;
using SelfImprove.Runs;

namespace SelfImprove.Monitoring.Triggers;

/// <summary>How an evaluation ended.</summary>
public enum TriggerOutcome
{
    /// <summary>No policy fired.</summary>
    Idle,
    /// <summary>A policy fired, but a guard holds it back.</summary>
    Held,
    /// <summary>A run is to be started.</summary>
    Fired,
    /// <summary>A run allocated earlier is still to be started: nobody confirmed it.</summary>
    Pending,
}

/// <summary>A run to be started. Starting is idempotent: the id is the orchestration instance's.</summary>
/// <param name="Run">The run's id.</param>
/// <param name="Cause">Why.</param>
/// <param name="ManifestRevision">The manifest revision to pin.</param>
/// <param name="Mode">The autonomy at that time.</param>
public sealed record RunStart(string Run, ImprovementCause Cause, int ManifestRevision, ImprovementMode Mode);

/// <summary>One decision of an agent's triggers, fired or not, with all its evidence. Kept in the decision log.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="At">When.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Policies">What each policy saw.</param>
/// <param name="Guards">What holds it back, for a person; looked at whether or not a policy fired.</param>
/// <param name="Generation">The signals' fold generation that was judged; 0 where there are none.</param>
/// <param name="Start">The run to start; null for none.</param>
public sealed record TriggerDecision(
    string Agent, DateTimeOffset At, TriggerOutcome Outcome, IReadOnlyList<PolicyEvidence> Policies, IReadOnlyList<string> Guards, long Generation, RunStart? Start);
