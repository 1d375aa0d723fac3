using SelfImprove.Models;

namespace SelfImprove.DataGeneration.Datasets;

/// <summary>Two answers to one input, one better than the other.</summary>
/// <param name="Messages">What the model gets: instructions, then the input.</param>
/// <param name="Preferred">The better answer.</param>
/// <param name="NonPreferred">The worse answer.</param>
/// <param name="Tools">The tools it may call; empty for none.</param>
public sealed record PreferencePair(
    IReadOnlyList<ChatMessage> Messages, AgentOutput Preferred, AgentOutput NonPreferred, IReadOnlyList<ToolDefinition> Tools);
