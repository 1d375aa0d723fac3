using System.Globalization;
using SelfImprove.Testing.Planning;

namespace SelfImprove.Benchmarks;

/// <summary>The table of a contest: a line a strategy, a column a budget; means over seeds, standard deviations in brackets.</summary>
public static class PlannerTable
{
    /// <summary>Writes it.</summary>
    public static void Write(IReadOnlyList<ContestScore> scores, TextWriter output)
    {
        var budgets = scores.Select(s => s.Labels).Distinct().Order().ToList();
        var strategies = scores.Select(s => s.Strategy).Distinct().ToList();
        Line("strategy", budgets.Select(b => b.ToString("N0", CultureInfo.InvariantCulture)));
        Line("---", budgets.Select(_ => "---"));
        foreach (var strategy in strategies)
            Line(strategy, budgets.Select(b => Of(b, strategy)).Select(a => string.Create(CultureInfo.InvariantCulture, $"{100 * a.Average():0.0} ({100 * Deviation(a):0.0})")));
        Line("planner minus best fixed in hindsight", budgets.Select(b => Difference(b, strategies.Where(s => s != ContestStrategy.Planner.Name).MaxBy(s => Of(b, s).Average())!)));
        Line("planner minus random, cheap", budgets.Select(b => Difference(b, ContestStrategy.Random.Name)));
        Line("the planner's choice", budgets.Select(b => string.Join("; ", scores.Where(s => s.Labels == b && s.Strategy == ContestStrategy.Planner.Name)
            .GroupBy(s => s.Plan is null ? "nothing" : $"{s.Plan.Teacher ?? "corrections"} {s.Plan.Rows}").OrderByDescending(g => g.Count()).Take(2).Select(g => $"{g.Count()}x {g.Key}"))));

        List<double> Of(int labels, string strategy) => [.. scores.Where(s => s.Labels == labels && s.Strategy == strategy).OrderBy(s => s.Seed).Select(s => s.Accuracy)];

        string Difference(int labels, string other)
        {
            var by = Of(labels, ContestStrategy.Planner.Name).Zip(Of(labels, other), (a, b) => a - b).ToList();
            return string.Create(CultureInfo.InvariantCulture, $"{100 * by.Average():+0.0;-0.0} ({100 * Deviation(by):0.0})");
        }

        void Line(string name, IEnumerable<string> cells) => output.WriteLine($"| {name} | {string.Join(" | ", cells)} |");
    }

    private static double Deviation(List<double> values)
    {
        var mean = values.Average();
        return values.Count < 2 ? 0 : Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1));
    }
}
