using SelfImprove.Agents.Manifests;
using SelfImprove.Models;

namespace SelfImprove.Training.Builtin;

/// <summary>The built-in student as a model that answers: it looks at the last user message and decides.</summary>
/// <param name="student">The trained student.</param>
/// <param name="output">Whether a decision is a label or a tool's name.</param>
public sealed class BuiltinModel(StudentModel student, TaskOutput output) : IChatModel
{
    /// <summary>The student behind it.</summary>
    public StudentModel Student => student;

    /// <inheritdoc/>
    public Task<ModelAnswer> AnswerAsync(ModelRequest request, CancellationToken cancellationToken = default)
    {
        var prediction = student.Predict(request.LastUserText);
        return Task.FromResult(new ModelAnswer
        {
            Output = OutputOf(prediction.Label, output),
            Confidence = prediction.Probability,
            Margin = prediction.Margin,
        });
    }

    /// <summary>A decision in the form of an output.</summary>
    public static AgentOutput OutputOf(string decision, TaskOutput form) =>
        form == TaskOutput.Tool ? new AgentOutput(ToolCalls: [new ToolCall(decision)]) : new AgentOutput(decision);
}
