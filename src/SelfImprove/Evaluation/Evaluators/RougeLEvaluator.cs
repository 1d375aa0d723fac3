using SelfImprove.Models;

namespace SelfImprove.Evaluation.Evaluators;

/// <summary><c>rougeL</c>: the longest common subsequence of words.</summary>
public sealed class RougeLEvaluator : IAnswerMeasure
{
    /// <inheritdoc />
    public string Name => "rougeL";

    /// <inheritdoc />
    public double Score(AgentOutput expected, AgentOutput actual) => WordOverlap.RougeL(expected.Text ?? "", actual.Text ?? "");

    /// <inheritdoc />
    public bool AreAlike(AgentOutput one, AgentOutput other) => WordOverlap.SameWords(one.Text ?? "", other.Text ?? "");
}
