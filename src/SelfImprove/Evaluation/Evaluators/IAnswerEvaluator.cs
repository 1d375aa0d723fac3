using SelfImprove.Models;

namespace SelfImprove.Evaluation.Evaluators;

/// <summary>A way to tell how good an answer is. Pure and thread-safe.</summary>
public interface IAnswerEvaluator
{
    /// <summary>The name by which a manifest asks for it.</summary>
    string Name { get; }

    /// <summary>Whether a score is a matter of the right answer; otherwise the answer alone decides, and nobody needs to label anything.</summary>
    bool NeedsLabel => true;

    /// <summary>Whether two answers score alike whatever the right answer is. Where it says no, they may.</summary>
    bool AreAlike(AgentOutput one, AgentOutput other);
}
