using SelfImprove.DataGeneration.Labelling;
using SelfImprove.DataGeneration.Texts;
using SelfImprove.Planning;

namespace SelfImprove.DataGeneration.Selection;

/// <summary>
/// Chooses which inputs to label. Pure, and the same for the same seed. Rows that the plan gives to a slice come from it; the rest is free.
/// <see cref="PlanSampling.Margin"/>: a share at random, then the smallest margin first, those unlike what is chosen before those like it.
/// <see cref="PlanSampling.Stratified"/>: at random, each slice as often as in the pool.
/// </summary>
public static class ItemSampler
{
    /// <summary>Inputs this much alike are redundant while others are to be had.</summary>
    public const double Redundant = 0.6;

    /// <summary>Chooses.</summary>
    /// <param name="pool">The inputs there are, each text once.</param>
    /// <param name="plan">How many, from which slices, and how; traffic since <see cref="ImprovementPlan.Since"/> comes first.</param>
    /// <param name="exploration">The share that is random whatever the margins say: <c>planning.exploration</c>.</param>
    /// <param name="seed">The run and round.</param>
    public static IReadOnlyList<LabelItem> Select(IReadOnlyList<ItemCandidate> pool, ImprovementPlan plan, double exploration, string seed)
    {
        // A hash of seed and id is a random order that does not depend on how the pool was read.
        var shuffled = pool.OrderBy(c => LabelFiles.Hash($"{seed}\n{c.Id}", 16), StringComparer.Ordinal).ToList();
        var chosen = new Choice(plan.Sampling, exploration);
        foreach (var recent in plan.Since is { } since ? [shuffled.Where(c => c.Time >= since).ToList(), shuffled] : new[] { shuffled })
        {
            foreach (var (slice, rows) in Allocated(plan).OrderBy(a => a.Key, StringComparer.Ordinal))
                chosen.Add([.. recent.Where(c => c.Slice == slice)], Math.Min(rows - chosen.Of(slice), plan.Rows - chosen.Count));
            chosen.Add(recent, plan.Rows - chosen.Count);
        }
        return chosen.Items(pool);
    }

    /// <summary>The allocation; of a wave that labels a part of what was planned, its part of it.</summary>
    private static Dictionary<string, int> Allocated(ImprovementPlan plan)
    {
        if (plan.Allocation is not { Count: > 0 } allocation) return [];
        var part = plan.AllocatedOf > 0 ? Math.Min(1, plan.Rows / (double)plan.AllocatedOf) : 1;
        return allocation.ToDictionary(a => a.Key, a => (int)Math.Round(part * a.Value), StringComparer.Ordinal);
    }

    private sealed class Choice(PlanSampling sampling, double exploration)
    {
        private readonly List<ItemCandidate> _chosen = [];
        private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
        private readonly SimilarTextIndex _texts = new(Redundant);

        public int Count => _chosen.Count;

        public int Of(string slice) => _chosen.Count(c => c.Slice == slice);

        public void Add(List<ItemCandidate> shuffled, int rows)
        {
            var free = shuffled.Where(c => !_ids.Contains(c.Id)).ToList();
            rows = Math.Min(rows, free.Count);
            if (rows <= 0) return;
            if (sampling == PlanSampling.Stratified)
            {
                foreach (var candidate in Proportional(free, rows)) Take(candidate);
                return;
            }
            var random = (int)Math.Round(rows * exploration);
            foreach (var candidate in free.Take(random)) Take(candidate);
            var uncertain = free.Skip(random).OrderBy(c => c.Margin).ToList();
            var left = rows - random;
            foreach (var candidate in uncertain)
            {
                if (left == 0) return;
                if (_texts.FindNearest(candidate.Text) is not null) continue;
                Take(candidate);
                left--;
            }
            foreach (var candidate in uncertain.Where(c => !_ids.Contains(c.Id)).Take(left).ToList()) Take(candidate);
        }

        public IReadOnlyList<LabelItem> Items(IReadOnlyList<ItemCandidate> pool)
        {
            // Random draws know their probability, so their weights undo an uneven allocation; margins have none.
            var inPool = pool.GroupBy(c => c.Slice, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
            var drawn = _chosen.GroupBy(c => c.Slice, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
            return
            [
                .. _chosen.Select(c => new LabelItem(
                    c.Id, c.Input, c.Slice,
                    sampling == PlanSampling.Stratified ? inPool[c.Slice] / (double)drawn[c.Slice] / (pool.Count / (double)_chosen.Count) : 1)),
            ];
        }

        private void Take(ItemCandidate candidate)
        {
            _chosen.Add(candidate);
            _ids.Add(candidate.Id);
            _texts.Add(candidate.Text);
        }

        // Each slice gets its share rounded down; the largest remainders get what is left (Hamilton's method).
        private static IEnumerable<ItemCandidate> Proportional(List<ItemCandidate> shuffled, int rows)
        {
            var slices = shuffled.GroupBy(c => c.Slice, StringComparer.Ordinal)
                .Select(g => (Members: g.ToList(), Exact: g.Count() * (double)rows / shuffled.Count))
                .OrderByDescending(s => s.Exact - Math.Floor(s.Exact)).ThenBy(s => s.Members[0].Slice, StringComparer.Ordinal).ToList();
            var left = rows - slices.Sum(s => (int)Math.Floor(s.Exact));
            return slices.SelectMany((s, i) => s.Members.Take((int)Math.Floor(s.Exact) + (i < left ? 1 : 0)));
        }
    }
}
