using SelfImprove.Agents.Manifests;

namespace SelfImprove.Evaluation.Evaluators;

/// <summary>The evaluators there are, by name.</summary>
public static class AnswerEvaluators
{
    /// <summary>The <c>evaluation.evaluator</c> that has models compare answers: it measures no answer by itself.</summary>
    public const string JudgeName = "judge";

    /// <summary>The evaluator that a manifest asks for (<c>evaluation.evaluator</c>); with <c>judge</c> the one that people's labels are held against: by the form of
    /// the task's output.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static IAnswerEvaluator Of(AgentManifest manifest) =>
        manifest.Evaluation is { Evaluator: ServiceEvaluator.EvaluatorName, Http: { } service } ? new ServiceEvaluator(service) : MeasureOf(manifest);

    /// <summary>The one that measures by itself, at no cost: the manifest's; with <c>judge</c> and <c>http</c> the one that goes with the form of the task's output.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static IAnswerMeasure MeasureOf(AgentManifest manifest)
    {
        var all = All(manifest.Task);
        var name = manifest.Evaluation.Evaluator is not (JudgeName or ServiceEvaluator.EvaluatorName) ? manifest.Evaluation.Evaluator : manifest.Task.Output switch
        {
            TaskOutput.Label => "decision",
            TaskOutput.Tool => "toolCall",
            _ => "tokenF1",
        };
        return all.FirstOrDefault(e => e.Name == name) ?? throw new ArgumentException(
            $"evaluation.evaluator of {manifest.Agent} is '{manifest.Evaluation.Evaluator}'. Expected one of: {string.Join(", ", all.Select(e => e.Name))}.",
            nameof(manifest));
    }

    /// <summary>All of them that measure by themselves.</summary>
    /// <param name="task">What the agent does: the schema evaluator checks against its tools.</param>
    public static IReadOnlyList<IAnswerMeasure> All(TaskSettings task) =>
        [new DecisionEvaluator(), new ToolCallEvaluator(), new TokenF1Evaluator(), new RougeLEvaluator(), new SchemaEvaluator(task)];
}
