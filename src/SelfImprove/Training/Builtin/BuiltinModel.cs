using SelfImprove.Agents.Manifests;
using SelfImprove.Models;
using SelfImprove.Statistics.Randomness;

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

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ModelAnswer>> SampleAsync(
        ModelRequest request, int times, SeededRandom random, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        var answers = new List<ModelAnswer> { await AnswerAsync(request, cancellationToken) };
        var probabilities = new double[student.Classes.Count];
        student.PredictProbabilities(request.LastUserText, probabilities);
        while (answers.Count < times)
        {
            var drawn = Draw(probabilities, random.NextDouble());
            answers.Add(new ModelAnswer { Output = OutputOf(student.Classes[drawn], output), Confidence = probabilities[drawn] });
        }
        return answers;
    }

    private static int Draw(double[] probabilities, double at)
    {
        for (var k = 0; k < probabilities.Length; k++)
            if ((at -= probabilities[k]) < 0) return k;
        return Array.IndexOf(probabilities, probabilities.Max());
    }

    /// <summary>A decision in the form of an output.</summary>
    public static AgentOutput OutputOf(string decision, TaskOutput form) =>
        form == TaskOutput.Tool ? new AgentOutput(ToolCalls: [new ToolCall(decision)]) : new AgentOutput(decision);
}
