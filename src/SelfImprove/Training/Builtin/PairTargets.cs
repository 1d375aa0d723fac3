namespace SelfImprove.Training.Builtin;

/// <summary>The rows of a fit that are pairs: the second phase, which starts at the reference.</summary>
/// <param name="NonPreferred">For each row the class that is worse than its label; -1 for an ordinary row.</param>
/// <param name="ReferenceGap">For each pair the reference's score of the label less that of the worse class; 0 for an ordinary row.</param>
/// <param name="Beta">How close to stay to the reference.</param>
/// <param name="Start">The reference's weights.</param>
internal sealed record PairTargets(int[] NonPreferred, float[] ReferenceGap, float Beta, SoftmaxWeights Start);
