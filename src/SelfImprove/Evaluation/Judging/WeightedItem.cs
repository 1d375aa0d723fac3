using SelfImprove.Evaluation.Scoring;

namespace SelfImprove.Evaluation.Judging;

/// <summary>A labelled item and how many items of the sample it stands for.</summary>
/// <param name="Item">The item.</param>
/// <param name="Weight">At least 1: the size of its part of the sample over the labels in that part (Horvitz and Thompson 1952).</param>
internal readonly record struct WeightedItem(ItemScore Item, double Weight)
{
    /// <summary>The labelled items of a sample with their weights. A part that has no label at all is missing: nothing is known of it.</summary>
    public static IReadOnlyList<WeightedItem> Of(IEnumerable<ItemScore> sample)
    {
        var items = sample.ToList();
        var weights = items.GroupBy(i => i.Stratum).ToDictionary(g => g.Key, g => g.Count() / (double)Math.Max(1, g.Count(Counts)));
        return [.. items.Where(Counts).Select(i => new WeightedItem(i, i.Stratum == ItemStratum.Uniform ? 1 : weights[i.Stratum]))];
    }

    private static bool Counts(ItemScore item) => item.IsLabelled && item.Stratum switch
    {
        ItemStratum.Uniform => true,
        ItemStratum.Unsampled => false,
        _ => item.Chosen,
    };
}
