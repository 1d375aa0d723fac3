namespace SelfImprove.Orchestration;

/// <summary>Thrown inside an orchestrator where an activity or a child failed for good.</summary>
/// <param name="callee">The name of the activity or orchestrator that failed.</param>
/// <param name="failure">What it said.</param>
public sealed class OrchestrationFailureException(string callee, Failure failure) : Exception($"{callee}: {failure.Message}")
{
    /// <summary>The name of the activity or orchestrator that failed.</summary>
    public string Callee { get; } = callee;

    /// <summary>What it said.</summary>
    public Failure Failure { get; } = failure;
}
