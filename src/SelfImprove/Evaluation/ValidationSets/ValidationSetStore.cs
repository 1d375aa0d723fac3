using SelfImprove.DataGeneration;
using SelfImprove.DataGeneration.Texts;
using SelfImprove.Orchestration;
using SelfImprove.Storage;
using System.Globalization;

namespace SelfImprove.Evaluation.ValidationSets;

/// <summary>
/// An agent's labelled validation items, in versions <c>v1</c>, <c>v2</c>, ...: each immutable, each with all items of the one before. An item
/// is paid for once and serves later rounds and runs. A text (normalised) is in it once.
/// </summary>
/// <param name="store">Where they are kept.</param>
public sealed class ValidationSetStore(IObjectStore store)
{
    private const int Attempts = 20;

    /// <summary>The store path of a set, or of a golden set.</summary>
    public static string PathOf(string agent, string set) => $"validation/{agent}/{set}.jsonl";

    /// <summary>The text by which items are the same.</summary>
    public static string KeyOf(ValidationItem item) => NormalisedText.Of(InputText.Of(item.Input));

    /// <summary>The items of one set.</summary>
    /// <exception cref="InvalidDataException">There is no such set, or a line is no item.</exception>
    public async Task<IReadOnlyList<ValidationItem>> ReadAsync(string agent, string set, CancellationToken cancellationToken = default)
    {
        var items = await JsonLines.ReadAsync<ValidationItem>(store, PathOf(agent, set), cancellationToken).ToListAsync(cancellationToken);
        return items.Count > 0
            ? items
            : throw new InvalidDataException($"{PathOf(agent, set)} has no items: one JSON object a line was expected, with id, input and output.");
    }

    /// <summary>The newest set's name and items; no name and no items before the first.</summary>
    public async Task<(string? Set, IReadOnlyList<ValidationItem> Items)> CurrentAsync(string agent, CancellationToken cancellationToken = default)
    {
        var newest = 0;
        var prefix = $"validation/{agent}/";
        await foreach (var entry in store.ListAsync(prefix, cancellationToken: cancellationToken))
            newest = Math.Max(newest, Number(entry.Path[prefix.Length..]) ?? 0);
        return newest == 0 ? (null, []) : (Name(newest), await ReadAsync(agent, Name(newest), cancellationToken));
    }

    /// <summary>Adds answered items: a new version where any of them is new.</summary>
    /// <returns>The name of the version that holds them, and all its items.</returns>
    public async Task<(string? Set, IReadOnlyList<ValidationItem> Items)> AddAsync(
        string agent, IReadOnlyList<ValidationItem> answered, CancellationToken cancellationToken = default)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var (set, items) = await CurrentAsync(agent, cancellationToken);
            var known = items.Select(KeyOf).ToHashSet(StringComparer.Ordinal);
            var fresh = answered.Where(item => known.Add(KeyOf(item))).ToList();
            if (fresh.Count == 0) return (set, items);
            var next = Name(set is null ? 1 : Number($"{set}.jsonl")!.Value + 1);
            IReadOnlyList<ValidationItem> all = [.. items, .. fresh];
            if (await JsonLines.WriteOnceAsync(store, PathOf(agent, next), all, cancellationToken)) return (next, all);
        }
        throw new TransientException($"The validation sets of {agent} are too busy: {Attempts} additions met another.");
    }

    private static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"v{number}");

    private static int? Number(string file) =>
        file.StartsWith('v') && file.EndsWith(".jsonl", StringComparison.Ordinal)
        && int.TryParse(file.AsSpan(1, file.Length - 7), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
