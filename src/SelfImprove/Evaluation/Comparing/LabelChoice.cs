using SelfImprove.Evaluation.Scoring;

namespace SelfImprove.Evaluation.Comparing;

/// <summary>
/// Which items of a sample to buy labels for: pure. Where the two versions answer alike, they score alike whatever is right, so the difference between them needs
/// no label there; labels go to all items that they answer differently, and to the first of the others in the order of the draw. That order is
/// random (by hashes), so each part is labelled at random and the weights are its size over its labels; and it never changes, so a larger sample, a later round and
/// another candidate ask for the same items again, whose labels are there.
/// </summary>
public static class LabelChoice
{
    /// <summary>Labels of items answered alike at least, where there are so many: fewer say little about how good both are.</summary>
    public const int FewestAgreeing = 30;

    /// <summary>Chooses.</summary>
    /// <param name="differs">Of each item in the order of the draw: whether the two versions answer differently.</param>
    /// <param name="agreeingShare">The share of the others to label, [0,1].</param>
    /// <param name="fewestAgreeing">How many of the others at least, where there are so many.</param>
    /// <param name="mostLabels">Labels at most: items after the point where these run out are <see cref="ItemStratum.Unsampled"/>; null for no bound.</param>
    public static IReadOnlyList<(ItemStratum Stratum, bool Chosen)> Choose(
        IReadOnlyList<bool> differs, double agreeingShare, int fewestAgreeing = FewestAgreeing, int? mostLabels = null)
    {
        ArgumentNullException.ThrowIfNull(differs);
        int Wanted(int agreeing) => Math.Min(agreeing, Math.Max(fewestAgreeing, (int)Math.Ceiling(agreeingShare * agreeing - 1e-9)));
        var (sampled, differing, agreeing) = (0, 0, 0);
        foreach (var differ in differs)
        {
            if (differ) differing++;
            else agreeing++;
            if (differing + Wanted(agreeing) > (mostLabels ?? int.MaxValue))
            {
                if (differ) differing--;
                else agreeing--;
                break;
            }
            sampled++;
        }
        var left = Wanted(agreeing);
        return [.. differs.Select((differ, i) =>
            i >= sampled ? (ItemStratum.Unsampled, false) : differ ? (ItemStratum.Differs, true) : (ItemStratum.Agrees, left-- > 0))];
    }
}
