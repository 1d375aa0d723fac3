namespace SelfImprove.Evaluation;

/// <summary>The output of <c>EvaluateCandidate</c>: the report in short.</summary>
/// <param name="Verdict">Pass, fail or inconclusive (after all the items that the settings and the budget allow).</param>
/// <param name="Report">The report's store path (<c>report-{round}.json</c>; a readable page beside it, <c>.md</c>).</param>
/// <param name="Items">Validation items that the comparison rests on.</param>
/// <param name="ChampionScore">The champion's mean score, [0,1].</param>
/// <param name="CandidateScore">The candidate's mean score, [0,1].</param>
/// <param name="DifferenceLow">Lower end of the interval of the difference (1 - 2 alpha of this round).</param>
/// <param name="DifferenceHigh">Upper end.</param>
/// <param name="AlphaSpent">The error rate spent so far, this round included.</param>
/// <param name="SuperiorityProven">Whether the paired test proves the candidate better.</param>
/// <param name="Reasons">Each gate's words, failed ones first.</param>
/// <param name="CostUsd">What labelling the items cost.</param>
public sealed record EvaluateOutput(
    Verdict Verdict, string Report, int Items, double ChampionScore, double CandidateScore, double DifferenceLow, double DifferenceHigh,
    double AlphaSpent, bool SuperiorityProven, IReadOnlyList<string> Reasons, decimal CostUsd)
{
    /// <summary>How many wholly labelled items would tell each score as precisely; at most <see cref="Items"/>, as which the difference is.</summary>
    public int ScoreItems { get; init; }
}
