using SelfImprove.Models;

namespace SelfImprove.Evaluation.Evaluators;

/// <summary>Measures an answer against the right one. Pure and thread-safe.</summary>
public interface IAnswerEvaluator
{
    /// <summary>The name by which a manifest asks for it.</summary>
    string Name { get; }

    /// <summary>How good the answer is, [0,1].</summary>
    /// <param name="expected">The right answer.</param>
    /// <param name="actual">The answer given.</param>
    double Score(AgentOutput expected, AgentOutput actual);
}
