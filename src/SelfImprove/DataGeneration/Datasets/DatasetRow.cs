using SelfImprove.Models;

namespace SelfImprove.DataGeneration.Datasets;

/// <summary>A row of supervised fine-tuning data.</summary>
/// <param name="Messages">What the model gets: instructions, then the input.</param>
/// <param name="Output">What it is to answer.</param>
/// <param name="Tools">The tools it may call; empty for none.</param>
/// <param name="Weight">0 keeps the row out of training; 1 counts it.</param>
public sealed record DatasetRow(IReadOnlyList<ChatMessage> Messages, AgentOutput Output, IReadOnlyList<ToolDefinition> Tools, double Weight = 1);
