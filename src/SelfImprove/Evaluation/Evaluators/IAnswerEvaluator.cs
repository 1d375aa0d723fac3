using SelfImprove.Models;

namespace SelfImprove.Evaluation.Evaluators;

/// <summary>Measures an answer against the right one. Pure and thread-safe.</summary>
public interface IAnswerEvaluator
{
    /// <summary>The name by which a manifest asks for it.</summary>
    string Name { get; }

    /// <summary>Whether a score is a matter of the right answer; otherwise the answer alone decides, and nobody needs to label anything.</summary>
    bool NeedsLabel => true;

    /// <summary>Whether two answers score alike whatever the right answer is. Where it says no, they may.</summary>
    bool AreAlike(AgentOutput one, AgentOutput other);

    /// <summary>How good the answer is, [0,1].</summary>
    /// <param name="expected">The right answer.</param>
    /// <param name="actual">The answer given.</param>
    double Score(AgentOutput expected, AgentOutput actual);
}
