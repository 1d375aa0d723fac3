using System.Text.Json.Serialization;
using SelfImprove.Evaluation.Judging.Harm;
using SelfImprove.Evaluation.Judging.Pairwise;

namespace SelfImprove.Evaluation.Scoring;

/// <summary>How champion and candidate answered the same item: one line of <c>scores-{round}-{attempt}.jsonl</c>.</summary>
/// <param name="Id">The item.</param>
/// <param name="Expected">The right decision.</param>
/// <param name="Source">Who said so.</param>
/// <param name="Golden">Whether the item is of the golden set, not of the validation sample.</param>
/// <param name="NearTraining">Whether a training text is nearly the same.</param>
/// <param name="Slices">The slices it belongs to: <c>expected=refund</c>, <c>{tag}={value}</c>.</param>
/// <param name="Champion">The champion's answer.</param>
/// <param name="Candidate">The candidate's answer.</param>
public sealed record ItemScore(
    string Id, string Expected, string Source, bool Golden, bool NearTraining, IReadOnlyList<string> Slices, AnswerScore Champion, AnswerScore Candidate)
{
    /// <summary>The source of an item that nobody has labelled: judges alone can tell of it.</summary>
    public const string Unlabelled = "none";

    /// <summary>The source of an item whose evaluator needs no label: its rule.</summary>
    public const string Rule = "rule";

    /// <summary>Which part of the sample it belongs to.</summary>
    public ItemStratum Stratum { get; init; }

    /// <summary>Whether its label was wanted. A label that is there for another reason (an earlier candidate's) does not count: it was not drawn at random.</summary>
    public bool Chosen { get; init; }

    /// <summary>What the judges said of it; null where there are none, or they did not.</summary>
    public JudgedPair? Judged { get; init; }

    /// <summary>What the harm models said of it; null where they were not asked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public HarmVerdict? Harm { get; init; }

    /// <summary>Whether the scores rest on a label; otherwise they say nothing.</summary>
    [JsonIgnore]
    public bool IsLabelled => Source != Unlabelled;
}
