namespace SelfImprove.Statistics.Similarity;

/// <summary>
/// How a signature is cut for locality-sensitive hashing: <paramref name="Bands"/> bands of <paramref name="Rows"/> places; two texts are candidates when a
/// whole band agrees,
/// with probability 1 - (1 - s^rows)^bands at similarity s (Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", section 3.4).
/// </summary>
/// <param name="Bands">Number of bands.</param>
/// <param name="Rows">Places in a band.</param>
public readonly record struct LshBands(int Bands, int Rows)
{
    /// <summary>Probability that two texts of <paramref name="similarity"/> in [0, 1] become candidates.</summary>
    public double CandidateProbability(double similarity) => 1 - Math.Pow(1 - Math.Pow(Require.Rate(similarity), Rows), Bands);

    /// <summary>
    /// The cut that minimises (weight x area of false positives below the threshold) + (weight x area of false negatives above it), over all bands x rows of
    /// at most
    /// <paramref name="permutations"/>.
    /// </summary>
    /// <param name="threshold">Similarity from which texts should become candidates, in [0, 1].</param>
    /// <param name="permutations">Length of the signatures.</param>
    /// <param name="falsePositiveWeight">Weight of false positives, at least 0.</param>
    /// <param name="falseNegativeWeight">Weight of false negatives, at least 0.</param>
    public static LshBands Optimal(
        double threshold, int permutations = MinHash.DefaultPermutations, double falsePositiveWeight = 0.5, double falseNegativeWeight = 0.5)
    {
        Require.Rate(threshold);
        Require.AtLeast(permutations, 1);
        Require.NonNegative(falsePositiveWeight);
        Require.NonNegative(falseNegativeWeight);
        var best = new LshBands(1, 1);
        var least = double.PositiveInfinity;
        for (var bands = 1; bands <= permutations; bands++)
        {
            for (var rows = 1; rows <= permutations / bands; rows++)
            {
                var cut = new LshBands(bands, rows);
                var error = falsePositiveWeight * Area(cut.CandidateProbability, 0, threshold)
                    + falseNegativeWeight * Area(s => 1 - cut.CandidateProbability(s), threshold, 1);
                if (error < least) (best, least) = (cut, error);
            }
        }
        return best;
    }

    // Simpson's rule on 200 pieces: the curve is smooth, and errors of 1e-6 do not change the order of cuts.
    private static double Area(Func<double, double> f, double from, double to)
    {
        const int pieces = 200;
        var step = (to - from) / pieces;
        if (step <= 0) return 0;
        var sum = f(from) + f(to);
        for (var i = 1; i < pieces; i++) sum += f(Math.Min(1, from + i * step)) * (i % 2 == 1 ? 4 : 2);
        return sum * step / 3;
    }
}
