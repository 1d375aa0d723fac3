using System.Text.Json.Serialization;

namespace SelfImprove.Evaluation.Judging.Pairwise;

/// <summary>Which of two answers is better.</summary>
public enum PairVerdict
{
    /// <summary>The champion's.</summary>
    Champion,

    /// <summary>Neither; also where a judge contradicts itself when the order is turned round.</summary>
    Tie,

    /// <summary>The candidate's.</summary>
    Candidate,
}

/// <summary>What the judges said of one item.</summary>
/// <param name="Verdict">The majority's; null where no judge gave a usable answer.</param>
/// <param name="ByJudge">Each judge's own, in the manifest's order; null where it gave none.</param>
/// <param name="Turned">How many of the judges preferred whichever answer came first, or second: a sign that they look at the order.</param>
public sealed record JudgedPair(PairVerdict? Verdict, IReadOnlyList<PairVerdict?> ByJudge, int Turned)
{
    /// <summary>Whether the two answers are the same, so that nobody was asked: such a tie says nothing of a judge.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsSame { get; init; }

    /// <summary>Two answers that are the same: nobody is asked.</summary>
    public static JudgedPair Same(int judges) => new(PairVerdict.Tie, [.. Enumerable.Repeat<PairVerdict?>(PairVerdict.Tie, judges)], 0) { IsSame = true };

    /// <summary>The majority of the judges that gave a verdict; a tie where none has one.</summary>
    public static PairVerdict? Majority(IReadOnlyList<PairVerdict?> verdicts)
    {
        var given = verdicts.OfType<PairVerdict>().ToList();
        if (given.Count == 0) return null;
        var (candidate, champion) = (given.Count(v => v == PairVerdict.Candidate), given.Count(v => v == PairVerdict.Champion));
        // A majority of those who judged: with votes spread over three words nobody has won.
        return 2 * candidate > given.Count ? PairVerdict.Candidate : 2 * champion > given.Count ? PairVerdict.Champion : PairVerdict.Tie;
    }
}
