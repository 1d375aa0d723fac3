using SelfImprove.Statistics.Paired;

namespace SelfImprove.Planning;

/// <summary>How a verifier of self-play did on inputs whose right answer is known, beside the student by itself on the same inputs.</summary>
/// <param name="Items">Inputs it was tried on.</param>
/// <param name="Accepted">Those of which it vouched for an answer.</param>
/// <param name="BothRight">Of the accepted ones, those where that answer and the student's own are right.</param>
/// <param name="OnlyVerifier">Those where that answer alone is right.</param>
/// <param name="OnlyStudent">Those where the student's own answer alone is right.</param>
/// <param name="PriceUsd">What one input costs at most: what the student's answers cost here on average, and the verifier's price.</param>
public sealed record VerifierAudit(int Items, int Accepted, int BothRight, int OnlyVerifier, int OnlyStudent, decimal PriceUsd = 0)
{
    /// <summary>Fewer accepted inputs than this say nothing.</summary>
    public const int FewestAccepted = 20;

    /// <summary>How often what it vouches for is right, [0,1]; 0 where it vouches for nothing.</summary>
    public double Precision => Accepted == 0 ? 0 : (double)(BothRight + OnlyVerifier) / Accepted;

    /// <summary>The precision that is at least there with 95% confidence (Wilson, one-sided); 0 where too few were accepted.</summary>
    public double PrecisionAtLeast => Accepted < FewestAccepted ? 0 : Wilson.Lower(BothRight + OnlyVerifier, Accepted) ?? 0;

    /// <summary>The student's accuracy on the same inputs, [0,1]; 1 where there are none.</summary>
    public double StudentAccuracy => Accepted == 0 ? 1 : (double)(BothRight + OnlyStudent) / Accepted;

    /// <summary>The share of inputs that it vouches for, [0,1].</summary>
    public double Acceptance => Items == 0 ? 0 : (double)Accepted / Items;

    /// <summary>The share of the student's errors that it mends, at least, [0,1].</summary>
    public double MendsAtLeast => StudentAccuracy < 1 ? Math.Max(0, PrecisionAtLeast - StudentAccuracy) / (1 - StudentAccuracy) : 0;

    /// <summary>
    /// Whether what it vouches for teaches the student more than it knows: the lower end of its precision is above the student's accuracy, and the exact paired test
    /// (McNemar, one-sided at 5%) agrees, for the student's accuracy is an estimate too.
    /// </summary>
    public bool IsBetterThanStudent => PrecisionAtLeast > StudentAccuracy && McNemar.BetterPValue(OnlyVerifier, OnlyStudent) <= 0.05;
}
