using SelfImprove.Evaluation.Judging.Pairwise;

namespace SelfImprove.Evaluation.Judging;

/// <summary>Everything an evaluation found: <c>report-{round}.json</c>; the same for people beside it, <c>.md</c>.</summary>
public sealed record EvaluationReport
{
    /// <summary>The agent.</summary>
    public required string Agent { get; init; }

    /// <summary>The run.</summary>
    public required string Run { get; init; }

    /// <summary>The round.</summary>
    public required int Round { get; init; }

    /// <summary>How often the round has judged; each time with more items.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>The version that serves.</summary>
    public required string Champion { get; init; }

    /// <summary>The version judged.</summary>
    public required string Candidate { get; init; }

    /// <summary>The measure.</summary>
    public required string Evaluator { get; init; }

    /// <summary>The verdict.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>Each gate's word, broken ones first.</summary>
    public required IReadOnlyList<GateResult> Gates { get; init; }

    /// <summary>The slices, those proven worse first, then by size.</summary>
    public required IReadOnlyList<SliceResult> Slices { get; init; }

    /// <summary>Items drawn.</summary>
    public required int Drawn { get; init; }

    /// <summary>Items that the comparison rests on: labelled ones, and those that both versions answer alike, which need no label to be compared.</summary>
    public required int Items { get; init; }

    /// <summary>Of these, with a usable label.</summary>
    public int Labelled { get; init; }

    /// <summary>Labels that were not needed, since both versions answer those items alike.</summary>
    public int LabelsSaved { get; init; }

    /// <summary>Items that the two versions answer differently: all of these are labelled; null where the sample was labelled without regard to answers.</summary>
    public int? Differing { get; init; }

    /// <summary>How many wholly labelled items would tell each version's own score as precisely; the difference is as precise as all <see cref="Items"/>.</summary>
    public int ScoreItems { get; init; }

    /// <summary>Items by who labelled them.</summary>
    public required IReadOnlyDictionary<string, int> Sources { get; init; }

    /// <summary>The validation set's version; null where nothing is labelled.</summary>
    public string? Set { get; init; }

    /// <summary>The champion's mean score.</summary>
    public required double ChampionScore { get; init; }

    /// <summary>The candidate's mean score.</summary>
    public required double CandidateScore { get; init; }

    /// <summary>Lower end of the difference's interval.</summary>
    public required double DifferenceLow { get; init; }

    /// <summary>Upper end.</summary>
    public required double DifferenceHigh { get; init; }

    /// <summary>The one-sided p-value of "the candidate is no better"; null where the two never differ.</summary>
    public double? PValue { get; init; }

    /// <summary>The error rate that this judgement spent.</summary>
    public required double Alpha { get; init; }

    /// <summary>The error rate spent by the run so far, this judgement included.</summary>
    public required double AlphaSpent { get; init; }

    /// <summary>Whether the candidate is proven better on independently labelled items.</summary>
    public required bool SuperiorityProven { get; init; }

    /// <summary>Items nearly the same as a training text.</summary>
    public required int NearTraining { get; init; }

    /// <summary>The champion's mean score without those; null where nothing is left.</summary>
    public double? ChampionScoreElsewhere { get; init; }

    /// <summary>The candidate's mean score without those.</summary>
    public double? CandidateScoreElsewhere { get; init; }

    /// <summary>Items of the golden set; 0 where there is none.</summary>
    public int GoldenItems { get; init; }

    /// <summary>Of an inconclusive verdict: how many items in all would tell; null where more are of no use.</summary>
    public int? ItemsWanted { get; init; }

    /// <summary>Of an inconclusive verdict: how many items the power calculation asks for, whatever the bounds; null where it can't tell.</summary>
    public long? ItemsNeeded { get; init; }

    /// <summary>What the judges said; null where there are none.</summary>
    public JudgeReport? Judges { get; init; }

    /// <summary>What limits the report.</summary>
    public required IReadOnlyList<string> Caveats { get; init; }

    /// <summary>What labelling cost, in USD.</summary>
    public decimal CostUsd { get; init; }
}
