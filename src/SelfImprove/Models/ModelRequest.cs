namespace SelfImprove.Models;

/// <summary>A question to a model.</summary>
/// <param name="Messages">The conversation so far, at least one message.</param>
/// <param name="Tools">The tools it may call.</param>
public sealed record ModelRequest(IReadOnlyList<ChatMessage> Messages, IReadOnlyList<ToolDefinition>? Tools = null)
{
    /// <summary>The form that the answer's text must have; null where any will do.</summary>
    public AnswerFormat? Format { get; init; }

    /// <summary>How freely the model writes, [0,2]; null leaves it to the model.</summary>
    public double? Temperature { get; init; }

    /// <summary>Asks for the same answer to the same question, as far as the model can; null where that is not wanted.</summary>
    public long? Seed { get; init; }

    /// <summary>The longest answer, in tokens, at least 1; null leaves it to the model.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>The last user message's text: what a classifier looks at.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string LastUserText => Messages.LastOrDefault(m => m.Role == "user")?.Text ?? "";
}
