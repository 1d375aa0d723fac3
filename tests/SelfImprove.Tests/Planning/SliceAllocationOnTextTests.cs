using System.Globalization;
using SelfImprove.DataGeneration.Selection;
using SelfImprove.Models;
using SelfImprove.Planning;
using SelfImprove.Statistics.Randomness;
using SelfImprove.Tests.Training.Builtin;
using SelfImprove.Training.Builtin;
using Xunit.Abstractions;

namespace SelfImprove.Tests.Planning;

/// <summary>
/// Real text, the product's own allocation and selection: a champion that knows some classes well and confuses four others with one another; traffic as often of
/// each class. A hundred labels as the allocation says, against as many in proportion to traffic.
/// </summary>
[Trait("Data", "reference")]
public sealed class SliceAllocationOnTextTests(ITestOutputHelper output)
{
    private const int Seeds = 6, Rows = 100, Pilot = 150;

    [Fact]
    public void Select_OneGroupOfClassesIsWeak_GetsTheShareAndGainsMore()
    {
        var (allocated, proportional, share) = Play(strong: 40, weak: 3);
        share.ShouldBeGreaterThan(0.36, "the weak classes are a third of the traffic");
        allocated.ShouldBeGreaterThan(proportional);
    }

    [Fact]
    public void Select_AllClassesAlike_LosesNothing()
    {
        var (allocated, proportional, _) = Play(strong: 6, weak: 6);
        allocated.ShouldBeGreaterThan(proportional - 0.01);
    }

    private (double Allocated, double Proportional, double WeakShare) Play(int strong, int weak)
    {
        var (train, test) = (LabelledCsv.Read("banking77", "train.csv"), LabelledCsv.Read("banking77", "test.csv"));
        var runs = new (double Allocated, double Proportional, double Share)[Seeds];
        Parallel.For(0, Seeds, seed => runs[seed] = Play(train, test, strong, weak, seed));
        var mean = (runs.Average(r => r.Allocated), runs.Average(r => r.Proportional), runs.Average(r => r.Share));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{strong} and {weak} rows a class: {mean.Item1:P1} as allocated, {mean.Item2:P1} in proportion; {mean.Item3:P0} of the labels are of weak classes"));
        return mean;
    }

    private static (double, double, double) Play(IReadOnlyList<TextExample> train, IReadOnlyList<TextExample> test, int strong, int weak, int seed)
    {
        var random = new SeededRandom($"slices/{seed}");
        var classes = train.GroupBy(t => t.Label).Where(g => g.Count() >= 110).Select(g => g.Key).Order(StringComparer.Ordinal).ToArray();
        random.Shuffle<string>(classes);
        classes = classes[..12];
        var weakOnes = classes[..4].ToHashSet(StringComparer.Ordinal);
        var texts = train.Where(t => classes.Contains(t.Label)).ToArray();
        random.Shuffle<TextExample>(texts);
        var start = texts.GroupBy(t => t.Label).OrderBy(g => g.Key, StringComparer.Ordinal).SelectMany(g => g.Take(weakOnes.Contains(g.Key) ? weak : strong)).ToList();
        var traffic = texts.Except(start).GroupBy(t => t.Label).OrderBy(g => g.Key, StringComparer.Ordinal).SelectMany(g => g.Take(70)).ToArray();
        random.Shuffle<TextExample>(traffic);
        var held = test.Where(t => classes.Contains(t.Label)).ToList();
        var settings = StudentSettings.Default with { Calibrate = false, MaxThreads = 1 };
        var champion = StudentTrainer.Train(start, settings, seed);

        var pilot = traffic[..Pilot].Select(t => (Decision: champion.Predict(t.Text).Label, t.Label)).ToList();
        var slices = pilot.GroupBy(p => p.Decision).Select(g => new SliceGround(
            g.Key, g.Count() / (double)Pilot, g.Count(p => p.Label != p.Decision) / (double)g.Count(), g.Count(), start.Count(s => s.Label == g.Key))).ToList();
        var plan = new ImprovementPlan { Strategy = PlanStrategy.Teacher, Teacher = "t", Rows = Rows, Sampling = PlanSampling.Stratified };
        var pool = traffic[Pilot..].Select((t, i) => new ItemCandidate($"{i}", [ChatMessage.User(t.Text)], t.Text, default, champion.Predict(t.Text).Label, 0.5)).ToList();
        var truth = traffic[Pilot..].DistinctBy(t => t.Text).ToDictionary(t => t.Text, t => t.Label, StringComparer.Ordinal);

        var (allocated, share) = Learn(plan with { Allocation = SliceAllocation.Of(slices, Rows, 0.1, 0.5) });
        return (allocated, Learn(plan).Accuracy, share);

        (double Accuracy, double WeakShare) Learn(ImprovementPlan given)
        {
            var labels = ItemSampler.Select(pool, given, 0.1, $"{seed}").Select(i => i.Input[0].Text).Select(t => new TextExample(t, truth[t])).ToList();
            var student = StudentTrainer.Train([.. start, .. labels], settings, seed);
            return (held.Count(h => student.Predict(h.Text).Label == h.Label) / (double)held.Count, labels.Count(l => weakOnes.Contains(l.Label)) / (double)labels.Count);
        }
    }
}
