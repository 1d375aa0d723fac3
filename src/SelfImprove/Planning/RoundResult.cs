namespace SelfImprove.Planning;

/// <summary>What a round of the run came to: what the next plan learns from.</summary>
/// <param name="Plan">What was planned.</param>
/// <param name="NewRows">New rows after filtering; 0 where no dataset came about.</param>
/// <param name="CandidateError">The candidate's error on the validation set; null where it was not evaluated.</param>
/// <param name="Items">How many items it was measured on.</param>
/// <param name="Reasons">Why it did not pass: failed gates, a shortfall, a failed training.</param>
/// <param name="Inconclusive">Whether the verdict lacked items: then waiting for more traffic, and the same plan again, are worth a try.</param>
/// <param name="ChampionError">The champion's error on the same items; null where it was not evaluated.</param>
public sealed record RoundResult(ImprovementPlan Plan, int NewRows, double? CandidateError, int Items, IReadOnlyList<string> Reasons, bool Inconclusive = false,
    double? ChampionError = null)
{
    /// <summary>Whether the plan's teacher could not be had (its endpoint could not be deployed): another one is to be asked.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsTeacherMissing { get; init; }

    /// <summary>
    /// Whether what the round trained on did harm: the candidate errs more than the champion by over one standard deviation of the
    /// paired difference (a third of the answers differing). Its source gave labels that are wrong, however sure it was believed to be.
    /// </summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool DidHarm => CandidateError - ChampionError > Math.Sqrt(0.33 / Math.Max(1, Items));
}
