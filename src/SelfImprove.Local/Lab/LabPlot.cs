using System.Globalization;
using System.Net;
using System.Text;

namespace SelfImprove.Local.Lab;

/// <summary>
/// Draws a scenario as one HTML page that needs nothing else: reward, held-out accuracy and cost over interactions, a line for each policy (the mean over
/// seeds), for the loop with the band of the middle eight tenths of seeds.
/// </summary>
public static class LabPlot
{
    private const double Width = 860, Height = 250, Left = 62, Right = 14, Top = 30, Bottom = 34;

    private static readonly IReadOnlyDictionary<LabPolicy, (string Colour, string Words)> Policies = new Dictionary<LabPolicy, (string, string)>
    {
        [LabPolicy.Loop] = ("#0b6bcb", "SelfImprove"),
        [LabPolicy.Never] = ("#7a7a7a", "never retrain"),
        [LabPolicy.Weekly] = ("#d1690e", "weekly, as many random labels"),
        [LabPolicy.Everything] = ("#3d8b37", "everything, at random moments"),
    };

    /// <summary>A scenario's page.</summary>
    public static string Draw(LabReport report, LabScenario scenario)
    {
        var results = report.Results.Where(r => r.Scenario == scenario).ToList();
        var change = scenario == LabScenario.Stable ? (int?)null : report.Options.ChangeAt;
        var page = new StringBuilder();
        page.Append($$"""
            <!doctype html><html lang="en"><head><meta charset="utf-8"><title>selfimprove lab: {{LabCsv.Name(scenario)}}</title>
            <style>body{font:14px system-ui,sans-serif;margin:24px;max-width:900px;color:#222}table{border-collapse:collapse}td,th{padding:3px 10px;text-align:right;border-bottom:1px solid #ddd}
            td:first-child,th:first-child{text-align:left}svg{display:block;margin:8px 0}text{font:12px system-ui,sans-serif;fill:#444}</style></head><body>
            <h1>{{LabCsv.Name(scenario)}}</h1><p>{{report.Options.Seeds}} seeds of {{Number(report.Options.Interactions)}} interactions, {{Number(report.Options.Week)}} a week. Lines are means over seeds; the band
            holds the middle eight tenths of seeds. Reward is told by texts that nobody ever labelled, each counted once a stretch.</p>

            """);
        Chart(page, "Reward (share of right answers)", results, b => b.Reward, 1, change);
        Chart(page, "Held-out accuracy of the version that serves", results, b => b.HeldOut, 1, change);
        Chart(page, "USD spent", results, b => (double)b.Cost, Math.Max(1, (double)results.Max(r => r.Cost)), change);
        Table(page, report.Summaries.Where(s => s.Scenario == scenario));
        return page.Append("</body></html>\n").ToString();
    }

    private static void Chart(StringBuilder page, string title, List<LabResult> results, Func<LabBucket, double?> of, double top, int? change)
    {
        var last = results.Max(r => r.Buckets[^1].To);
        page.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" width=\"{Width}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(title)}\">");
        Text(page, Left, 16, "start", title);
        for (var i = 0; i <= 4; i++)
        {
            var (value, at) = (top * i / 4, (double)last * i / 4);
            Line(page, Left, Y(value, top), Width - Right, Y(value, top), "#e4e4e4", null);
            Text(page, Left - 6, Y(value, top) + 4, "end", top <= 1 ? value.ToString("0.00", CultureInfo.InvariantCulture) : value.ToString("0", CultureInfo.InvariantCulture));
            Text(page, X(at, last), Height - 12, i == 4 ? "end" : "middle", Number((int)at));
        }
        if (change is { } when) Line(page, X(when, last), Top, X(when, last), Height - Bottom, "#b00", "4 3");
        foreach (var group in results.GroupBy(r => r.Policy).OrderByDescending(g => g.Key))
        {
            var points = Enumerable.Range(0, group.Min(r => r.Buckets.Count)).Select(i => (
                At: X(group.First().Buckets[i].To, last),
                Values: group.Select(r => of(r.Buckets[i])).OfType<double>().Order().ToList())).Where(p => p.Values.Count > 0).ToList();
            var colour = Policies[group.Key].Colour;
            if (group.Key == LabPolicy.Loop && group.Count() > 2)
                page.Append($"<polygon fill=\"{colour}\" opacity=\"0.15\" points=\"")
                    .AppendJoin(' ', points.Select(p => Point(p.At, Y(Quantile(p.Values, 0.1), top))).Concat(points.AsEnumerable().Reverse().Select(p => Point(p.At, Y(Quantile(p.Values, 0.9), top)))))
                    .Append("\"/>");
            page.Append($"<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" points=\"").AppendJoin(' ', points.Select(p => Point(p.At, Y(p.Values.Average(), top)))).Append("\"/>");
        }
        var x = Width - Right;
        foreach (var (policy, (colour, words)) in Policies.Reverse())
        {
            if (results.All(r => r.Policy != policy)) continue;
            page.Append(CultureInfo.InvariantCulture, $"<text x=\"{x:0.#}\" y=\"16\" text-anchor=\"end\" style=\"fill:{colour}\">{words}</text>");
            x -= (words.Length * 6.2) + 14;
        }
        page.Append("</svg>\n");
    }

    private static void Table(StringBuilder page, IEnumerable<LabSummary> summaries)
    {
        page.Append("<table><tr>").AppendJoin("", LabTable.Columns.Select(c => $"<th>{c}</th>")).Append("</tr>\n");
        foreach (var summary in summaries) page.Append("<tr>").AppendJoin("", LabTable.Cells(summary).Select(c => $"<td>{WebUtility.HtmlEncode(c)}</td>")).Append("</tr>\n");
        page.Append("</table>\n");
    }

    private static double Quantile(List<double> sorted, double share) => sorted[(int)Math.Round(share * (sorted.Count - 1))];

    private static double X(double at, int last) => Left + ((Width - Left - Right) * at / last);

    private static double Y(double value, double top) => Height - Bottom - ((Height - Top - Bottom) * value / top);

    private static string Point(double x, double y) => string.Create(CultureInfo.InvariantCulture, $"{x:0.#},{y:0.#}");

    private static string Number(int value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static void Text(StringBuilder page, double x, double y, string anchor, string text) =>
        page.Append(CultureInfo.InvariantCulture, $"<text x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\">{WebUtility.HtmlEncode(text)}</text>");

    private static void Line(StringBuilder page, double x1, double y1, double x2, double y2, string colour, string? dashes) => page.Append(
        CultureInfo.InvariantCulture,
        $"<line x1=\"{x1:0.#}\" y1=\"{y1:0.#}\" x2=\"{x2:0.#}\" y2=\"{y2:0.#}\" stroke=\"{colour}\"{(dashes is null ? "" : $" stroke-dasharray=\"{dashes}\"")}/>");
}
