namespace SelfImprove.Evaluation.Judging;

/// <summary>One slice, or several small ones together.</summary>
/// <param name="Slice">Its name.</param>
/// <param name="Items">Items in it.</param>
/// <param name="ChampionScore">The champion's mean score.</param>
/// <param name="CandidateScore">The candidate's.</param>
/// <param name="PValue">Of "it is no worse": small means worse; null where untested.</param>
/// <param name="SmallestFall">The smallest fall that this test finds four times in five; null where not even a fall to 0: the slice is untested.</param>
/// <param name="ProvenWorse">Whether it is proven worse, all slices tested together.</param>
public sealed record SliceResult(string Slice, int Items, double ChampionScore, double CandidateScore, double? PValue, double? SmallestFall, bool ProvenWorse);
