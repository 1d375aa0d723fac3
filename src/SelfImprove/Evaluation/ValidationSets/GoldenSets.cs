using System.Security.Cryptography;
using System.Text;
using SelfImprove.Agents.Manifests;
using SelfImprove.Agents.Tools;
using SelfImprove.Audit;
using SelfImprove.DataGeneration;
using SelfImprove.DataGeneration.Texts;
using SelfImprove.Storage;

namespace SelfImprove.Evaluation.ValidationSets;

/// <summary>
/// Golden sets: items that the administrator pins, on which no candidate may be worse (<c>evaluation.goldenSet</c> names one). Like every validation set they are kept
/// out of training from then on, near-duplicates too. A set never changes: an edited one gets another name.
/// </summary>
/// <param name="store">Where they are kept.</param>
/// <param name="audit">Gets who pinned what.</param>
public sealed class GoldenSets(IObjectStore store, AuditLog audit)
{
    /// <summary>The most items of a set: both versions answer all of them at every evaluation.</summary>
    public const int MostItems = 10_000;

    private const int LongestText = 20_000;

    /// <summary>Whether a name may be a golden set's: it is not one of the names <c>v1</c>, <c>v2</c>, ... that labelled sets get by themselves.</summary>
    public static bool IsName(string name) => !(name.StartsWith('v') && name.Length > 1 && name.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0);

    /// <summary>Pins a set. The same set again changes nothing.</summary>
    /// <param name="manifest">The agent's manifest: outputs are those that the agent may give.</param>
    /// <param name="set">Its name.</param>
    /// <param name="items">Its items, each with the right output; source, tags and time are kept.</param>
    /// <param name="by">Who pins it.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>What is wrong, for a person, all of the first 20 mistakes; null where the set is pinned.</returns>
    public async Task<IReadOnlyList<string>?> PinAsync(
        AgentManifest manifest, string set, IReadOnlyList<ValidationItem> items, string by, CancellationToken cancellationToken = default)
    {
        var mistakes = Mistakes(manifest, set, items).Take(20).ToList();
        if (mistakes.Count > 0) return mistakes;
        var text = new StringBuilder();
        foreach (var item in items) text.Append(JsonLines.Line(item with { Source = item.Source ?? "golden" }));
        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        var path = ValidationSetStore.PathOf(manifest.Agent, set);
        if (!(await store.WriteAsync(path, bytes, WriteCondition.IfAbsent, cancellationToken)).Written
            && (await store.ReadAsync(path, cancellationToken: cancellationToken))?.Bytes.Span.SequenceEqual(bytes) != true)
            return [$"There is a golden set '{set}' already, with other items. A pinned set never changes: give this one another name, and the manifest's evaluation.goldenSet too."];
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        await audit.AppendAsync(manifest.Agent, new AuditRecord("goldenSetPinned", null, by, new { Set = set, Items = items.Count, Hash = hash }, $"golden/{set}/{hash}"), cancellationToken);
        return null;
    }

    /// <summary>The golden sets that there are, by name, with their numbers of items.</summary>
    public async Task<IReadOnlyList<(string Set, int Items)>> ListAsync(string agent, CancellationToken cancellationToken = default)
    {
        const string Suffix = ".jsonl";
        var prefix = $"validation/{agent}/";
        var sets = new List<(string Set, int Items)>();
        await foreach (var entry in store.ListAsync(prefix, cancellationToken: cancellationToken))
        {
            if (!entry.Path.EndsWith(Suffix, StringComparison.Ordinal)) continue;
            var set = entry.Path[prefix.Length..^Suffix.Length];
            if (IsName(set)) sets.Add((set, await JsonLines.ReadLinesAsync(store, entry.Path, cancellationToken).CountAsync(cancellationToken)));
        }
        return sets;
    }

    private static IEnumerable<string> Mistakes(AgentManifest manifest, string set, IReadOnlyList<ValidationItem> items)
    {
        if (!StoragePath.IsName(set)) yield return "set: expected a name of 1 to 63 of the characters a-z, 0-9 and '-'.";
        else if (!IsName(set)) yield return $"'{set}' is a name that labelled sets get by themselves (v1, v2, ...): choose another one.";
        if (items.Count is 0 or > MostItems) yield return $"A golden set has 1 to {MostItems} items; these are {items.Count}.";
        var (ids, texts) = (new HashSet<string>(StringComparer.Ordinal), new Dictionary<string, int>(StringComparer.Ordinal));
        for (var i = 0; i < items.Count; i++)
        {
            var item = items[i];
            if (string.IsNullOrWhiteSpace(item?.Id) || !ids.Add(item.Id)) yield return $"items[{i}].id: expected an id, each once; found '{item?.Id}'.";
            if (item is null) continue;
            var text = item.Input is { Count: > 0 } input ? InputText.Of(input) : "";
            if (text.Length is 0 or > LongestText) yield return $"items[{i}].input: expected messages with 1 to {LongestText} characters; found {text.Length}.";
            else if (!texts.TryAdd(NormalisedText.Of(text), i)) yield return $"items[{i}].input: is the same text as items[{texts[NormalisedText.Of(text)]}]'s.";
            if (item.Output is not { } output) yield return $"items[{i}].output: nothing; a golden item needs the right output.";
            else if (OutputCheck.Problem(manifest.Task, output, checkArguments: false) is { } problem) yield return $"items[{i}].output: {problem}";
        }
    }
}
