using SelfImprove.Models;

namespace SelfImprove.Evaluation.Evaluators;

/// <summary>An evaluator that measures an answer by itself. Pure and thread-safe.</summary>
public interface IAnswerMeasure : IAnswerEvaluator
{
    /// <summary>How good the answer is, [0,1].</summary>
    /// <param name="expected">The right answer.</param>
    /// <param name="actual">The answer given.</param>
    double Score(AgentOutput expected, AgentOutput actual);
}
