using System.Globalization;

namespace SelfImprove.Benchmarks;

/// <summary>A measured figure, and what it should be.</summary>
/// <param name="What">What was measured.</param>
/// <param name="Value">The figure.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="AtLeast">The least that meets the target; null where more is not better, or there is no target.</param>
/// <param name="AtMost">The most that meets the target; null where less is not better, or there is no target.</param>
public sealed record Figure(string What, double Value, string Unit, double? AtLeast = null, double? AtMost = null)
{
    /// <summary>Whether the target is met; null where there is none.</summary>
    public bool? Met => AtLeast is { } least ? Value >= least : AtMost is { } most ? Value <= most : null;

    /// <summary>The middle one of several; the mean of the two middle ones of an even number.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Writes figures as one table.</summary>
    public static void Write(TextWriter output, IReadOnlyList<Figure> figures)
    {
        var width = figures.Max(f => f.What.Length);
        output.WriteLine();
        output.WriteLine($"{"figure".PadRight(width)}  {"measured",12}  {"unit",-9}  {"target",-14}  met");
        foreach (var figure in figures)
        {
            var target = figure.AtLeast is { } least ? $"at least {Number(least)}" : figure.AtMost is { } most ? $"at most {Number(most)}" : "";
            var met = figure.Met switch { true => "met", false => "NOT MET", null => "" };
            output.WriteLine($"{figure.What.PadRight(width)}  {Number(figure.Value),12}  {figure.Unit,-9}  {target,-14}  {met}".TrimEnd());
        }
    }

    private static string Number(double value) =>
        value.ToString(Math.Abs(value) >= 100 || value == Math.Truncate(value) ? "N0" : "0.##", CultureInfo.InvariantCulture);
}
