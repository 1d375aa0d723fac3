using SelfImprove.Models;

namespace SelfImprove.Evaluation.Evaluators;

/// <summary><c>decision</c>: 1 where the label, or the first tool's name, is the right one. Case counts.</summary>
public sealed class DecisionEvaluator : IAnswerMeasure
{
    /// <inheritdoc />
    public string Name => "decision";

    /// <inheritdoc />
    public double Score(AgentOutput expected, AgentOutput actual) => string.Equals(expected.Decision, actual.Decision, StringComparison.Ordinal) ? 1 : 0;

    /// <inheritdoc />
    public bool AreAlike(AgentOutput one, AgentOutput other) => string.Equals(one.Decision, other.Decision, StringComparison.Ordinal);
}
