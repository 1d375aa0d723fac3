using SelfImprove.Models;

namespace SelfImprove.Evaluation.Evaluators;

/// <summary><c>tokenF1</c>: overlap of words, order aside.</summary>
public sealed class TokenF1Evaluator : IAnswerMeasure
{
    /// <inheritdoc />
    public string Name => "tokenF1";

    /// <inheritdoc />
    public double Score(AgentOutput expected, AgentOutput actual) => WordOverlap.TokenF1(expected.Text ?? "", actual.Text ?? "");

    /// <inheritdoc />
    public bool AreAlike(AgentOutput one, AgentOutput other) => WordOverlap.SameWords(one.Text ?? "", other.Text ?? "");
}
