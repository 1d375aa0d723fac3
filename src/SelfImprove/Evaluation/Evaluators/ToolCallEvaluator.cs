using SelfImprove.Models;

namespace SelfImprove.Evaluation.Evaluators;

/// <summary><c>toolCall</c>: 1 where the same tools are called with the same arguments as JSON values; neither the order of members nor that of calls
/// counts.</summary>
public sealed class ToolCallEvaluator : IAnswerMeasure
{
    /// <inheritdoc />
    public string Name => "toolCall";

    /// <inheritdoc />
    public double Score(AgentOutput expected, AgentOutput actual) => ToolCallMatch.Same(expected.ToolCalls ?? [], actual.ToolCalls ?? []) ? 1 : 0;

    /// <inheritdoc />
    public bool AreAlike(AgentOutput one, AgentOutput other) =>
        one.ToolCalls is not { Count: > 0 } && other.ToolCalls is not { Count: > 0 } || ToolCallMatch.Same(one.ToolCalls ?? [], other.ToolCalls ?? []);
}
