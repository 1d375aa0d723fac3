using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Tools;
using SelfImprove.DataGeneration.Datasets;
using SelfImprove.DataGeneration.Labelling;
using SelfImprove.DataGeneration.Texts;
using SelfImprove.Models;

namespace SelfImprove.DataGeneration.Filters;

/// <summary>The filters that look at one row by itself, in order; the first that refuses is counted.</summary>
/// <param name="manifest">The pinned manifest.</param>
/// <param name="contamination">What must never be trained on.</param>
/// <param name="redactor">Replaces personal data where the manifest wants it.</param>
internal sealed class RowScreen(AgentManifest manifest, ContaminationFilter contamination, ITextRedactor redactor)
{
    private readonly bool _checkArguments = StudentKnowledge.NeedsArguments(manifest);

    /// <summary>A new row, or why it is refused.</summary>
    public (NewRow? Row, string? Refusal) Screen(LabelledItem label)
    {
        if (label.Output is not { } output) return (null, RowRefusal.OfLabel(label.Refusal));
        if (OutputCheck.Problem(manifest.Task, output, _checkArguments) is not null) return (null, RowRefusal.Schema);
        var text = InputText.Of(label.Input);
        if (SecretFilter.Finds(text) || SecretFilter.Finds(OutputKey.Of(output))) return (null, RowRefusal.Secret);
        if (PromptInjectionFilter.Finds(text)) return (null, RowRefusal.PromptInjection);
        if (contamination.Refuses(text)) return (null, RowRefusal.Contamination);
        if (!manifest.Data.RedactPersonalData) return (new NewRow(label, label.Input, output, 0), null);
        var (input, inInput) = MessageRedaction.Redact(redactor, label.Input);
        var (right, inOutput) = MessageRedaction.Redact(redactor, output);
        if (inInput > 0 && contamination.Refuses(InputText.Of(input))) return (null, RowRefusal.Contamination);
        // A placeholder may be no valid argument; such a row teaches nothing that is wanted.
        if (inOutput > 0 && OutputCheck.Problem(manifest.Task, right, _checkArguments) is not null) return (null, RowRefusal.Schema);
        return (new NewRow(label, input, right, inInput + inOutput), null);
    }

    /// <summary>Why a row of the parent's dataset may not be kept; null where it may. What it may decide, and what is protected, can have changed since.</summary>
    public string? Refuses(DatasetRow row)
    {
        if (OutputCheck.Problem(manifest.Task, row.Output, _checkArguments) is not null) return RowRefusal.Schema;
        return contamination.Refuses(InputText.Of(row.Messages)) ? RowRefusal.Contamination : null;
    }
}
