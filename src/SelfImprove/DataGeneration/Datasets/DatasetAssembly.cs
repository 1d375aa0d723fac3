using System.Runtime.InteropServices;
using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration.Filters;
using SelfImprove.DataGeneration.Texts;

namespace SelfImprove.DataGeneration.Datasets;

/// <summary>
/// Decides which rows of the parent's dataset and which new rows a dataset holds: label conflicts first, then duplicates, then the caps of
/// feedback sources. Rows are given one after the other, the parent's first; of those only what is compared is kept.
/// </summary>
internal sealed class DatasetAssembly(DataSettings settings, bool hasDecisions)
{
    private readonly List<NewRow> _new = [];
    private readonly HashSet<string> _newTexts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<ParentRow>> _contested = new(StringComparer.Ordinal);
    private readonly HashSet<int> _dropped = [];
    private readonly Dictionary<string, SimilarTextIndex> _near = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _filtered = new(StringComparer.Ordinal);

    /// <summary>Rows refused, by filter.</summary>
    public IReadOnlyDictionary<string, int> Filtered => _filtered;

    /// <summary>Lines of the parent's dataset that are not taken over.</summary>
    public IReadOnlySet<int> Dropped => _dropped;

    /// <summary>Counts a refusal.</summary>
    public void Refuse(string filter) => CollectionsMarshal.GetValueRefOrAddDefault(_filtered, filter, out _)++;

    /// <summary>Adds a new row; all are added before the parent's.</summary>
    public void AddNew(NewRow row)
    {
        _new.Add(row);
        _newTexts.Add(row.Text);
    }

    /// <summary>Adds a row of the parent's dataset that passed its screen.</summary>
    public void AddParent(int line, DatasetRow row, string source)
    {
        var text = NormalisedText.Of(InputText.Of(row.Messages));
        IndexOf(Slice(row.Output.Decision)).Add(text);
        if (!_newTexts.Contains(text)) return;
        if (!_contested.TryGetValue(text, out var rows)) _contested.Add(text, rows = []);
        rows.Add(new ParentRow(line, OutputKey.Of(row.Output), SourceRank.Of(source)));
    }

    /// <summary>Drops a line of the parent's dataset.</summary>
    public void DropParent(int line, string filter)
    {
        _dropped.Add(line);
        Refuse(filter);
    }

    /// <summary>The new rows that stay, in the order of adding; <see cref="Dropped"/> is complete after it.</summary>
    public IReadOnlyList<NewRow> Choose()
    {
        var settled = new HashSet<NewRow>(_new.GroupBy(r => r.Text, StringComparer.Ordinal).Select(g => Settle([.. g])).OfType<NewRow>());
        var unlike = _new.Where(r => settled.Contains(r) && IsUnlike(r)).ToList();
        return Cap(unlike);
    }

    /// <summary>A row's slice: its decision, where the agent decides among some.</summary>
    public string Slice(string decision) => hasDecisions ? decision : "text";

    /// <summary>Of all rows of one text, the one new row that stays; null where none does. The best source decides; two of equal standing that differ
    /// cancel out.</summary>
    private NewRow? Settle(List<NewRow> rows)
    {
        var parents = _contested.GetValueOrDefault(rows[0].Text, []);
        var best = Math.Max(rows.Max(r => r.Rank), parents.Select(p => p.Rank).DefaultIfEmpty(0).Max());
        var keys = rows.Where(r => r.Rank == best).Select(r => r.Key).Concat(parents.Where(p => p.Rank == best).Select(p => p.Key))
            .Distinct(StringComparer.Ordinal).ToList();
        var winner = keys.Count == 1 ? keys[0] : null;
        foreach (var parent in parents.Where(p => p.Key != winner)) DropParent(parent.Line, RowRefusal.LabelConflict);
        var kept = winner is null || parents.Exists(p => p.Key == winner) ? null : rows.Where(r => r.Key == winner).MaxBy(r => r.Rank);
        foreach (var row in rows.Where(r => r != kept)) Refuse(row.Key == winner ? RowRefusal.ExactDuplicate : RowRefusal.LabelConflict);
        return kept;
    }

    // Alike with another decision is no duplicate: "activate my card" and "deactivate my card" are what there is to learn.
    private bool IsUnlike(NewRow row)
    {
        var index = IndexOf(Slice(row.Output.Decision));
        if (index.FindNearest(row.Text) is not null)
        {
            Refuse(RowRefusal.NearDuplicate);
            return false;
        }
        index.Add(row.Text);
        return true;
    }

    private List<NewRow> Cap(List<NewRow> rows)
    {
        var kept = new HashSet<NewRow>();
        foreach (var slice in rows.GroupBy(r => Slice(r.Output.Decision), StringComparer.Ordinal))
        {
            var sources = slice.Where(r => SourceRank.IsCapped(r.Label.Source)).GroupBy(r => r.Label.Source, StringComparer.Ordinal).ToList();
            var others = slice.Where(r => !SourceRank.IsCapped(r.Label.Source)).ToList();
            var cap = SourceCap.Of([.. sources.Select(s => s.Count())], others.Count, settings.MaxSourceShare);
            kept.UnionWith(others);
            foreach (var source in sources) kept.UnionWith(source.Take(cap));
        }
        foreach (var _ in rows.Where(r => !kept.Contains(r))) Refuse(RowRefusal.SourceCap);
        return [.. rows.Where(kept.Contains)];
    }

    private SimilarTextIndex IndexOf(string slice)
    {
        if (!_near.TryGetValue(slice, out var index)) _near.Add(slice, index = new SimilarTextIndex(settings.NearDuplicate));
        return index;
    }

    private readonly record struct ParentRow(int Line, string Key, int Rank);
}
