using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Tools;
using SelfImprove.Models;

namespace SelfImprove.Evaluation.Evaluators;

/// <summary><c>schema</c>: 1 where the answer is one that the agent may give: a known label, or a known tool with arguments that fit its JSON schema;
/// right or not.</summary>
/// <param name="task">What the agent does.</param>
public sealed class SchemaEvaluator(TaskSettings task) : IAnswerMeasure
{
    /// <inheritdoc />
    public string Name => "schema";

    /// <inheritdoc />
    public double Score(AgentOutput expected, AgentOutput actual) => OutputCheck.Problem(task, actual) is null ? 1 : 0;

    /// <inheritdoc />
    public bool NeedsLabel => false;

    /// <inheritdoc />
    public bool AreAlike(AgentOutput one, AgentOutput other) => Score(one, one) == Score(other, other);
}
