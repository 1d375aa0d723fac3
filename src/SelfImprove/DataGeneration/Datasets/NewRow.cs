using SelfImprove.DataGeneration.Labelling;
using SelfImprove.DataGeneration.Texts;
using SelfImprove.Models;

namespace SelfImprove.DataGeneration.Datasets;

/// <summary>A new row on its way into a dataset, personal data redacted.</summary>
internal sealed class NewRow(LabelledItem label, IReadOnlyList<ChatMessage> input, AgentOutput output, int redacted)
{
    public LabelledItem Label { get; } = label;

    public IReadOnlyList<ChatMessage> Input { get; } = input;

    public AgentOutput Output { get; } = output;

    public int Redacted { get; } = redacted;

    public string Text { get; } = NormalisedText.Of(InputText.Of(input));

    public string Key { get; } = OutputKey.Of(output);

    public int Rank { get; } = SourceRank.Of(label.Source);
}
