using SelfImprove.Agents.Manifests;
using SelfImprove.Evaluation.Comparing;
using SelfImprove.Models;

namespace SelfImprove.Evaluation.Evaluators;

/// <summary><c>http</c>: a service of the administrator's own measures answers; this says only which of them it has to see.</summary>
/// <param name="settings">The service.</param>
public sealed class ServiceEvaluator(HttpEvaluatorSettings settings) : IAnswerEvaluator
{
    /// <summary>Its name in a manifest.</summary>
    public const string EvaluatorName = "http";

    /// <inheritdoc />
    public string Name => EvaluatorName;

    /// <inheritdoc />
    public bool NeedsLabel => settings.NeedsLabel;

    /// <inheritdoc />
    public bool AreAlike(AgentOutput one, AgentOutput other) => AnswerPair.AreSame(one, other);
}
