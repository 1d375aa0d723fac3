using SelfImprove.DataGeneration.Datasets;
using SelfImprove.DataGeneration.Texts;
using SelfImprove.Storage;

namespace SelfImprove.Evaluation.ValidationSets;

/// <summary>What a version was trained on, as far as known: its normalised texts.</summary>
internal static class TrainingTexts
{
    public static async Task<IReadOnlySet<string>> ReadAsync(IObjectStore store, string? dataset, CancellationToken cancellationToken)
    {
        var texts = new HashSet<string>(StringComparer.Ordinal);
        if (dataset is null) return texts;
        await foreach (var row in DatasetReader.ReadRowsAsync(store, dataset, cancellationToken)) texts.Add(NormalisedText.Of(InputText.Of(row.Messages)));
        return texts;
    }
}
