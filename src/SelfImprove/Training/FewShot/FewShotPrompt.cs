using SelfImprove.Models;

namespace SelfImprove.Training.FewShot;

/// <summary>A model with examples in its prompt: the file behind a reference <c>few-shot:{store path}</c>. It never changes.</summary>
/// <param name="Base">The reference of the model that is shown the examples.</param>
/// <param name="Examples">The examples, in the order in which they are shown.</param>
public sealed record FewShotPrompt(string Base, IReadOnlyList<FewShotExample> Examples);

/// <summary>An example.</summary>
/// <param name="Input">The conversation, without instructions.</param>
/// <param name="Output">The right output.</param>
public sealed record FewShotExample(IReadOnlyList<ChatMessage> Input, AgentOutput Output);
