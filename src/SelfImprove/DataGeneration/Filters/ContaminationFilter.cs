using SelfImprove.DataGeneration.Texts;
using SelfImprove.Storage;

namespace SelfImprove.DataGeneration.Filters;

/// <summary>
/// Refuses training inputs that overlap a validation or golden item: equal once normalised, character 3-grams alike (Jaccard) at least as
/// much as the threshold, or, of 13 words or more, a shared run of 13 words (the length used by Brown et al., "Language models are few-shot
/// learners", 2020, appendix C). Nothing at the threshold slips through.
/// </summary>
public sealed class ContaminationFilter
{
    private const int RunLength = 13;
    private readonly SimilarTextIndex _index;
    private readonly HashSet<string> _exact = new(StringComparer.Ordinal);
    private readonly HashSet<string> _runs = new(StringComparer.Ordinal);

    /// <summary>A filter that protects nothing yet.</summary>
    /// <param name="threshold">The manifest's <c>data.contamination</c>, (0,1].</param>
    public ContaminationFilter(double threshold) => _index = new SimilarTextIndex(threshold);

    /// <summary>How many different texts are protected.</summary>
    public int Count => _exact.Count;

    /// <summary>Protects all validation sets of an agent, the golden ones among them: <c>validation/{agent}/*.jsonl</c>.</summary>
    /// <param name="store">Where they are.</param>
    /// <param name="agent">The agent.</param>
    /// <param name="threshold">The manifest's <c>data.contamination</c>.</param>
    /// <param name="redactor">Texts are also protected as they look without personal data; null where none is redacted.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="InvalidDataException">A set can't be read: without it nothing may be trained.</exception>
    public static async Task<ContaminationFilter> LoadAsync(
        IObjectStore store, string agent, double threshold, ITextRedactor? redactor, CancellationToken cancellationToken = default)
    {
        var filter = new ContaminationFilter(threshold);
        await foreach (var entry in store.ListAsync($"validation/{agent}/", cancellationToken: cancellationToken))
        {
            if (!entry.Path.EndsWith(".jsonl", StringComparison.Ordinal)) continue;
            await foreach (var item in JsonLines.ReadAsync<ProtectedItem>(store, entry.Path, cancellationToken))
            {
                if (item.Input is not { Count: > 0 } input) throw new InvalidDataException($"{entry.Path} has an item without 'input': its messages were expected.");
                var text = InputText.Of(input);
                filter.Protect(text);
                if (redactor?.Redact(text) is { Count: > 0 } redacted) filter.Protect(redacted.Text);
            }
        }
        return filter;
    }

    /// <summary>Protects a text.</summary>
    public void Protect(string text)
    {
        var normal = NormalisedText.Of(text);
        if (normal.Length == 0 || !_exact.Add(normal)) return;
        _index.Add(normal);
        _runs.UnionWith(Runs(normal));
    }

    /// <summary>Whether a text overlaps a protected one.</summary>
    public bool Refuses(string text)
    {
        var normal = NormalisedText.Of(text);
        return _exact.Contains(normal) || _index.FindNearest(normal) is not null || (_runs.Count > 0 && Runs(normal).Any(_runs.Contains));
    }

    private static IEnumerable<string> Runs(string normal)
    {
        var words = normal.Split(' ');
        for (var i = 0; i + RunLength <= words.Length; i++) yield return string.Join(' ', words, i, RunLength);
    }

    /// <summary>What every validation item has, whatever else it says.</summary>
    private sealed record ProtectedItem(IReadOnlyList<Models.ChatMessage>? Input);
}
