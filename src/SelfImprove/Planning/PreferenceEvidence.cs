using System.Text.Json.Serialization;

namespace SelfImprove.Planning;

/// <summary>
/// What preference pairs would bring, measured where training is cheap: fits judged on the same labelled recent inputs. As the plans do, all but the first learn from
/// these inputs too, one half while the other is judged.
/// </summary>
/// <param name="Pairs">How many pairs there are.</param>
/// <param name="Items">Inputs judged on.</param>
/// <param name="ErrorNow">The error of the student that the champion's rows give, [0,1].</param>
/// <param name="ErrorWithout">The error with the labelled inputs, and none of the feedback.</param>
/// <param name="ErrorOfRows">The error with the same feedback taken as rows: corrections and liked answers.</param>
/// <param name="ErrorOfPairs">The error with the same feedback taken as pairs.</param>
public sealed record PreferenceEvidence(int Pairs, int Items, double ErrorNow, double ErrorWithout, double ErrorOfRows, double ErrorOfPairs)
{
    /// <summary>Inputs that pairs alone get right, and that rows alone do.</summary>
    public required PairedCount AgainstRows { get; init; }

    /// <summary>Inputs that pairs alone get right, and that the student without the feedback alone does.</summary>
    public required PairedCount AgainstNothing { get; init; }

    /// <summary>What stands against pairs, for a person; null where nothing does.</summary>
    [JsonIgnore]
    public string? Objection =>
        !AgainstRows.IsBetter
            ? FormattableString.Invariant($"the same feedback taken as rows does as well: error {ErrorOfRows:0.000} against {ErrorOfPairs:0.000} with pairs on {Items} items")
        : !AgainstNothing.IsBetter
            ? FormattableString.Invariant($"the pairs teach nothing: error {ErrorWithout:0.000} without them, {ErrorOfPairs:0.000} with them on {Items} items")
        : null;
}

/// <summary>Two students on the same inputs.</summary>
/// <param name="Won">Inputs that the first alone gets right.</param>
/// <param name="Lost">Inputs that the second alone gets right.</param>
public readonly record struct PairedCount(int Won, int Lost)
{
    /// <summary>
    /// Whether the first beats the second by over one standard error of the paired difference: the plainer of two within one standard error is preferred (Breiman,
    /// Friedman, Olshen and Stone, "Classification and regression trees", 1984, section 3.4.3).
    /// </summary>
    [JsonIgnore]
    public bool IsBetter => Won - Lost > Math.Sqrt(Won + Lost);
}
