using SelfImprove.DataGeneration.Selection;
using SelfImprove.Models;
using SelfImprove.Planning;

namespace SelfImprove.Tests.DataGeneration;

public sealed class ItemSamplerTests
{
    private static readonly DateTimeOffset Day = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static List<ItemCandidate> Pool(int count, Func<int, string>? slice = null, Func<int, double>? margin = null) =>
    [
        .. Enumerable.Range(0, count).Select(i => new ItemCandidate(
            $"i{i}", [ChatMessage.User($"{i}")], $"{(char)('a' + i % 26)}{i * 7919} {i * 104729}", Day.AddHours(i), slice?.Invoke(i) ?? "a", margin?.Invoke(i) ?? 0.5)),
    ];

    private static ImprovementPlan Plan(int rows, PlanSampling sampling) => new() { Strategy = PlanStrategy.Teacher, Rows = rows, Sampling = sampling };

    [Fact]
    public void Select_Margin_TakesTheLeastSureAndAShareAtRandom()
    {
        var chosen = ItemSampler.Select(Pool(100, margin: i => i / 100.0), Plan(20, PlanSampling.Margin), 0.25, "run/1").Select(c => int.Parse(c.Id[1..])).ToList();

        chosen.Count.ShouldBe(20);
        chosen.Count(i => i < 20).ShouldBeGreaterThanOrEqualTo(15);
        chosen.ShouldContain(i => i >= 20);
    }

    [Fact]
    public void Select_Margin_PrefersWhatIsUnlike()
    {
        var pool = Pool(10, margin: _ => 0.9);
        pool.AddRange(Enumerable.Range(0, 10).Select(i => new ItemCandidate($"same{i}", [ChatMessage.User("x")], $"the very same long question again {i}", Day, "a", 0.01)));

        var chosen = ItemSampler.Select(pool, Plan(5, PlanSampling.Margin), 0, "run/1");

        chosen.Count(c => c.Id.StartsWith("same")).ShouldBe(1);
        ItemSampler.Select(pool, Plan(15, PlanSampling.Margin), 0, "run/1").Count.ShouldBe(15);
    }

    [Fact]
    public void Select_Stratified_KeepsTheSharesOfSlices()
    {
        var chosen = ItemSampler.Select(Pool(100, i => i < 70 ? "big" : "small"), Plan(10, PlanSampling.Stratified), 0, "run/1");

        chosen.Count(c => c.Slice == "big").ShouldBe(7);
        chosen.ShouldAllBe(c => Math.Abs(c.Weight - 1) < 1e-9);
    }

    [Fact]
    public void Select_Allocation_IsFollowedAndUndoneByWeights()
    {
        var plan = Plan(10, PlanSampling.Stratified) with { Allocation = new Dictionary<string, int> { ["small"] = 8 } };

        var chosen = ItemSampler.Select(Pool(100, i => i < 90 ? "big" : "small"), plan, 0, "run/1");

        chosen.Count(c => c.Slice == "small").ShouldBeGreaterThanOrEqualTo(8);
        (chosen.Where(c => c.Slice == "small").Sum(c => c.Weight) / chosen.Sum(c => c.Weight)).ShouldBe(0.1, 1e-9);
    }

    [Fact]
    public void Select_Since_TakesRecentFirst()
    {
        var plan = Plan(10, PlanSampling.Margin) with { Since = Day.AddHours(95) };

        ItemSampler.Select(Pool(100), plan, 0, "run/1").Count(c => int.Parse(c.Id[1..]) >= 95).ShouldBe(5);
    }

    [Fact]
    public void Select_SameSeed_SameChoiceWhateverTheOrder()
    {
        var pool = Pool(200);
        var one = ItemSampler.Select(pool, Plan(20, PlanSampling.Stratified), 0, "run/1").Select(c => c.Id).ToList();

        ItemSampler.Select([.. Enumerable.Reverse(pool)], Plan(20, PlanSampling.Stratified), 0, "run/1").Select(c => c.Id).ShouldBe(one);
        ItemSampler.Select(pool, Plan(20, PlanSampling.Stratified), 0, "run/2").Select(c => c.Id).ShouldNotBe(one);
    }
}
