using SelfImprove.Evaluation.Judging;
using System.Globalization;
using System.Text;

namespace SelfImprove.Evaluation.Reporting;

/// <summary>An evaluation's report as a page for people, in Markdown: pure.</summary>
public static class ReportPage
{
    private const int SlicesShown = 40;

    /// <summary>The page.</summary>
    public static string Write(EvaluationReport report)
    {
        var page = new StringBuilder();
        Line(page, $"# {report.Agent}: {report.Candidate} against {report.Champion} ({report.Run}, round {report.Round})");
        Line(page, $"");
        Line(page, $"**{Words(report)}**");
        Line(page, $"");
        Line(page, $"| what | champion {report.Champion} | candidate {report.Candidate} |");
        Line(page, $"|---|---|---|");
        Line(page, $"| mean {report.Evaluator} on {report.Items} items | {report.ChampionScore:0.000} | {report.CandidateScore:0.000} |");
        if (report.NearTraining > 0 && report.ChampionScoreElsewhere is { } champion && report.CandidateScoreElsewhere is { } candidate)
            Line(page, $"| without {report.NearTraining} near-duplicates of training texts | {champion:0.000} | {candidate:0.000} |");
        Line(page, $"");
        Line(page, $"Difference {report.CandidateScore - report.ChampionScore:+0.000;-0.000;0.000}, interval [{report.DifferenceLow:+0.000;-0.000;0.000}, {report.DifferenceHigh:+0.000;-0.000;0.000}] at {1 - 2 * report.Alpha:0.##%}. Error rate spent: {report.Alpha:0.####} now, {report.AlphaSpent:0.####} in this run.");
        if (report.ItemsNeeded is { } needed) Line(page, $"About {needed} items in all would tell, four times in five.");
        Gates(page, report);
        Slices(page, report);
        Labels(page, report);
        Judges(page, report.Judges);
        Line(page, $"");
        Line(page, $"## To keep in mind");
        Line(page, $"");
        foreach (var caveat in report.Caveats) Line(page, $"- {Cell(caveat)}");
        return page.ToString();
    }

    private static string Words(EvaluationReport report) => report.Verdict switch
    {
        Verdict.Pass => "Pass: every gate holds.",
        Verdict.Fail => $"Fail: {string.Join(", ", report.Gates.Where(g => g.Outcome == GateOutcome.Broken).Select(g => g.Gate))}.",
        _ => "Inconclusive: too few items to tell.",
    };

    private static void Gates(StringBuilder page, EvaluationReport report)
    {
        Line(page, $"");
        Line(page, $"## Gates");
        Line(page, $"");
        Line(page, $"| gate | outcome | numbers |");
        Line(page, $"|---|---|---|");
        foreach (var gate in report.Gates) Line(page, $"| {gate.Gate} | {gate.Outcome.ToString().ToLowerInvariant()} | {Cell(gate.Text)} |");
    }

    private static void Slices(StringBuilder page, EvaluationReport report)
    {
        if (report.Slices.Count == 0) return;
        Line(page, $"");
        Line(page, $"## Slices");
        Line(page, $"");
        Line(page, $"| slice | items | champion | candidate | p (no worse) | smallest fall it would show | proven worse |");
        Line(page, $"|---|---|---|---|---|---|---|");
        foreach (var slice in report.Slices.Take(SlicesShown))
        {
            var fall = slice.SmallestFall is { } smallest ? smallest.ToString("0%", CultureInfo.InvariantCulture) : "untested";
            var p = slice.PValue is { } value ? value.ToString("0.000", CultureInfo.InvariantCulture) : "";
            Line(page, $"| {Cell(slice.Slice)} | {slice.Items} | {slice.ChampionScore:0.00} | {slice.CandidateScore:0.00} | {p} | {fall} | {(slice.ProvenWorse ? "yes" : "no")} |");
        }
        if (report.Slices.Count > SlicesShown) Line(page, $"| ... {report.Slices.Count - SlicesShown} more in the JSON report | | | | | | |");
    }

    private static void Labels(StringBuilder page, EvaluationReport report)
    {
        Line(page, $"");
        Line(page, $"## Items and labels");
        Line(page, $"");
        Line(page, $"| what | |");
        Line(page, $"|---|---|");
        Line(page, $"| validation set | {report.Set ?? "none"} |");
        Line(page, $"| items drawn from recent traffic | {report.Drawn} |");
        if (report.Differing is { } differing) Line(page, $"| of these, answered differently by the two versions | {differing} |");
        Line(page, $"| of these, labelled | {report.Labelled} |");
        if (report.LabelsSaved > 0) Line(page, $"| labels saved, both versions answer alike | {report.LabelsSaved} |");
        if (report.Labelled < report.Items) Line(page, $"| wholly labelled items that would tell each score as precisely | {report.ScoreItems} |");
        foreach (var (source, count) in report.Sources) Line(page, $"| labelled by {Cell(source)} | {count} |");
        if (report.GoldenItems > 0) Line(page, $"| golden items | {report.GoldenItems} |");
        Line(page, $"| cost of labels | {report.CostUsd:0.####} USD |");
    }

    private static void Judges(StringBuilder page, Judging.Pairwise.JudgeReport? judges)
    {
        if (judges is null) return;
        Line(page, $"");
        Line(page, $"## Judges");
        Line(page, $"");
        Line(page, $"| what | |");
        Line(page, $"|---|---|");
        Line(page, $"| models | {Cell(string.Join(", ", judges.Models))} |");
        Line(page, $"| candidate better, alike, champion better | {judges.CandidateBetter}, {judges.Ties}, {judges.ChampionBetter} |");
        Line(page, $"| without a verdict | {judges.Unjudged} |");
        Line(page, $"| judgements that followed the order of the answers | {judges.TurnedShare:0.0%} |");
        for (var i = 0; judges.Models.Count > 1 && i < judges.Models.Count; i++) Line(page, $"| kappa of {Cell(judges.Models[i])} with people | {Number(judges.KappaByJudge[i])} |");
        if (judges.Models.Count > 1) Line(page, $"| agreement among the judges (Krippendorff's alpha) | {Number(judges.PanelAlpha)} |");
        Line(page, $"| say in the verdict | {Cell(judges.Words)} |");
    }

    private static string Number(double? value) => value?.ToString("0.00", CultureInfo.InvariantCulture) ?? "not computable";

    // What callers and labellers wrote must not draw its own table or markup.
    private static string Cell(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal).ReplaceLineEndings(" ");

    private static void Line(StringBuilder page, FormattableString text) => page.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
