using System.Text.Json;
using SelfImprove.Statistics.Randomness;
using SelfImprove.Statistics.Sketches;

namespace SelfImprove.Statistics.Tests.Sketches;

public class QuantileSketchTests
{
    private static readonly double[] Shares = [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999];

    [Fact]
    public void Quantile_SkewedStream_IsWithinTheRelativeError()
    {
        var random = new SeededRandom(51);
        var values = Enumerable.Range(0, 20_000).Select(_ => Math.Exp(2 * random.NextGaussian())).ToArray();
        var sketch = new QuantileSketch(0.01, 2048);
        foreach (var value in values) sketch.Add(value);
        CheckAgainst(sketch, values, 0.01);
        sketch.Mean!.Value.ShouldBe(values.Average(), 1e-6);
    }

    [Fact]
    public void Quantile_NegativesAndZeros_AreOrdered()
    {
        var values = new double[] { -100, -10, -1, 0, 0, 1, 10, 100, 1000 };
        var sketch = new QuantileSketch();
        foreach (var value in values) sketch.Add(value);
        for (var i = 0; i < values.Length; i++)
            sketch.Quantile(i / 8.0)!.Value.ShouldBe(values[i], 0.01 * Math.Abs(values[i]) + 1e-9);
    }

    [Fact]
    public void Merge_TwoStreams_EqualsTheSketchOfBoth()
    {
        var random = new SeededRandom(52);
        var (left, right, both) = (new QuantileSketch(), new QuantileSketch(), new QuantileSketch());
        for (var i = 0; i < 5_000; i++)
        {
            var value = 1 + random.NextGamma(2);
            (i % 3 == 0 ? left : right).Add(value);
            both.Add(value);
        }
        left.Merge(right);
        foreach (var share in Shares) left.Quantile(share).ShouldBe(both.Quantile(share));
        left.Count.ShouldBe(both.Count);
        left.Merge(new QuantileSketch());
        left.Count.ShouldBe(5_000);
        Should.Throw<ArgumentException>(() => left.Merge(new QuantileSketch(0.02)));
    }

    [Fact]
    public void State_ThroughJson_GoesOnUnchanged()
    {
        var sketch = new QuantileSketch();
        for (var i = -50; i < 200; i++) sketch.Add(i * 0.7);
        var json = JsonSerializer.Serialize(sketch.ToState(), JsonSerializerOptions.Web);
        var restored = QuantileSketch.From(JsonSerializer.Deserialize<QuantileSketchState>(json, JsonSerializerOptions.Web)!);
        restored.Add(3);
        sketch.Add(3);
        foreach (var share in Shares) restored.Quantile(share).ShouldBe(sketch.Quantile(share));
        Should.Throw<ArgumentException>(() => QuantileSketch.From(sketch.ToState() with { Count = 7 }));
    }

    [Fact]
    public void Quantile_BeyondTheBins_KeepsUpperQuantiles()
    {
        var random = new SeededRandom(53);
        var values = Enumerable.Range(0, 20_000).Select(_ => Math.Exp(4 * random.NextGaussian())).ToArray();
        var sketch = new QuantileSketch(0.01, 512);
        foreach (var value in values) sketch.Add(value);
        Array.Sort(values);
        foreach (var share in new[] { 0.75, 0.95, 0.99, 0.999 })
            sketch.Quantile(share)!.Value.ShouldBe(values[(int)(share * (values.Length - 1))], 0.0101 * values[(int)(share * (values.Length - 1))]);
        sketch.ToState().PositiveBins.Count.ShouldBeLessThanOrEqualTo(512);
        sketch.ToState().IsCollapsed.ShouldBeTrue();
    }

    [Fact]
    public void Quantile_Empty_IsNotComputable()
    {
        new QuantileSketch().Quantile(0.5).ShouldBeNull();
        new QuantileSketch().Mean.ShouldBeNull();
        Should.Throw<ArgumentOutOfRangeException>(() => new QuantileSketch().Add(double.NaN));
    }

    private static void CheckAgainst(QuantileSketch sketch, double[] values, double error)
    {
        var sorted = values.Order().ToArray();
        foreach (var share in Shares)
        {
            var truth = sorted[(int)Math.Floor(share * (sorted.Length - 1))];
            sketch.Quantile(share)!.Value.ShouldBe(truth, truth * (error + 1e-9));
        }
    }
}
