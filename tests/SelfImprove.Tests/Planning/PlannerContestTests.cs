using System.Globalization;
using SelfImprove.Planning;
using SelfImprove.Testing.Planning;
using SelfImprove.Tests.Training.Builtin;
using Xunit.Abstractions;

namespace SelfImprove.Tests.Planning;

/// <summary>
/// The short form of the benchmarks' <c>planner</c>: the planner against fixed strategies with the same money, through the product's planning, selection, labelling
/// and training. Two seeds scatter by a point, so the bounds are a point wider than what ten seeds are held to.
/// </summary>
[Trait("Data", "reference")]
public sealed class PlannerContestTests(ITestOutputHelper output)
{
    private const int Seeds = 2, Labels = 600;

    [Fact]
    public async Task Plan_EqualBudgets_NearTheBestFixedStrategyAndAboveRandom()
    {
        var (train, test) = (LabelledCsv.Read("snips", "train.csv"), LabelledCsv.Read("snips", "test.csv"));
        var played = await Task.WhenAll(Enumerable.Range(1, Seeds).Select(seed => Task.Run(() =>
            PlannerContest.PlayAsync(train, test, 5, [Labels], (ulong)seed, ContestStrategy.Fixed))));
        var means = played.SelectMany(p => p).GroupBy(s => s.Strategy).ToDictionary(g => g.Key, g => g.Average(s => s.Accuracy));
        foreach (var (name, mean) in means) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {mean:P1}"));
        var planner = means[ContestStrategy.Planner.Name];
        planner.ShouldBeGreaterThan(means.Where(m => m.Key != ContestStrategy.Planner.Name).Max(m => m.Value) - 0.015);
        planner.ShouldBeGreaterThan(means[ContestStrategy.Random.Name]);
        played.SelectMany(p => p).ShouldAllBe(s => s.SpentUsd <= Labels * ContestManifest.CheapPrice);
        played.SelectMany(p => p).Where(s => s.Strategy == ContestStrategy.Planner.Name).ShouldAllBe(s => s.Plan!.Sampling == PlanSampling.Margin && s.Plan.Waves > 1);
    }
}
