using System.Text.Json;
using SelfImprove.Statistics.Moments;
using SelfImprove.Statistics.Randomness;
using SelfImprove.Statistics.Sequential;

namespace SelfImprove.Statistics.Tests.Moments;

public class MomentsTests
{
    [Fact]
    public void RunningMoments_LargeOffset_KeepsItsDigits()
    {
        var random = new SeededRandom(121);
        var values = Enumerable.Range(0, 1_000).Select(_ => 1e9 + random.NextGaussian()).ToArray();
        var whole = values.Aggregate(new RunningMoments(), (m, x) => m.Add(x));
        var mean = values.Average();
        whole.Variance!.Value.ShouldBe(values.Sum(x => (x - mean) * (x - mean)) / 999, 1e-4);
        var parts = values[..300].Aggregate(new RunningMoments(), (m, x) => m.Add(x)).Merge(values[300..].Aggregate(new RunningMoments(), (m, x) => m.Add(x)));
        parts.Mean.ShouldBe(whole.Mean, 1e-5);
        parts.Variance!.Value.ShouldBe(whole.Variance.Value, 1e-4);
        new RunningMoments().Add(3).Variance.ShouldBeNull();
        new RunningMoments().Merge(whole).ShouldBe(whole);
        JsonSerializer.Deserialize<RunningMoments>(JsonSerializer.Serialize(whole)).ShouldBe(whole);
    }

    [Fact]
    public void ClusterTotals_OneObservationEach_IsThePlainVariance()
    {
        var random = new SeededRandom(122);
        var values = Enumerable.Range(0, 500).Select(_ => random.NextGaussian()).ToArray();
        var plain = values.Aggregate(new RunningMoments(), (m, x) => m.Add(x));
        var totals = ClusterTotals.Of(values.Select((x, i) => ($"k{i}", x)));
        totals.Mean!.Value.ShouldBe(plain.Mean, 1e-12);
        totals.MeanVariance!.Value.ShouldBe(plain.Variance!.Value / 500, 1e-12);
        totals.UnitVariance!.Value.ShouldBe(plain.Variance!.Value, 1e-9);
        ClusterTotals.Of([("only", 1), ("only", 0)]).MeanVariance.ShouldBeNull();
        new ClusterTotals().Mean.ShouldBeNull();
    }

    [Fact]
    public void ClusterTotals_Incremental_EqualsTheBatch()
    {
        var random = new SeededRandom(123);
        var observations = Enumerable.Range(0, 2_000).Select(_ => (Key: $"u{random.Next(60)}", Value: random.NextDouble())).ToArray();
        var totals = new ClusterTotals();
        var clusters = new Dictionary<string, (double Count, double Sum)>();
        foreach (var (key, value) in observations)
        {
            var (count, sum) = clusters.GetValueOrDefault(key);
            totals = totals.Replace(count, sum, count + 1, sum + value);
            clusters[key] = (count + 1, sum + value);
        }
        var batch = ClusterTotals.Of(observations);
        totals.Clusters.ShouldBe(60);
        totals.MeanVariance!.Value.ShouldBe(batch.MeanVariance!.Value, 1e-12);
        var halves = ClusterTotals.Of(observations.Where(o => o.Key[1] < '3')).Merge(ClusterTotals.Of(observations.Where(o => o.Key[1] >= '3')));
        halves.MeanVariance!.Value.ShouldBe(batch.MeanVariance!.Value, 1e-12);
        JsonSerializer.Deserialize<ClusterTotals>(JsonSerializer.Serialize(batch)).ShouldBe(batch);
    }

    [Fact]
    public void ClusteredSequence_CorrelatedRequestsOfAHundredUsers_ErrsAtMostAlphaWhereThePlainOneDoesNot()
    {
        var random = new SeededRandom(124);
        var sequence = new AsymptoticConfidenceSequence(0.05, 500);
        const int runs = 300, users = 100, requests = 6_000;
        int clusteredWrong = 0, plainWrong = 0;
        for (var run = 0; run < runs; run++)
        {
            // Beta(7.2, 1.8) rates of users: mean .8, correlation of two requests of one user 1/(1 + 9) = .1.
            var rates = Enumerable.Range(0, users).Select(_ => random.NextBeta(7.2, 1.8)).ToArray();
            var counts = new (double Count, double Sum)[users];
            ClusterTotals a = new(), b = new();
            bool clustered = false, plain = false;
            for (var i = 1; i <= requests; i++)
            {
                var user = random.Next(users);
                var value = random.NextBool(rates[user]) ? 1.0 : 0;
                var (count, sum) = counts[user];
                counts[user] = (count + 1, sum + value);
                if (user % 2 == 0) a = a.Replace(count, sum, count + 1, sum + value);
                else b = b.Replace(count, sum, count + 1, sum + value);
                if (i % 20 != 0 || a.Clusters < users / 2 || b.Clusters < users / 2) continue;
                var difference = b.Mean!.Value - a.Mean!.Value;
                var variance = a.UnitVariance!.Value * b.Clusters / a.Clusters + b.UnitVariance!.Value;
                clustered |= sequence.TwoSided(b.Clusters, difference, variance) is { } c && !c.Contains(0);
                var independent = AsymptoticConfidenceSequence.PseudoCountVariance((long)a.Sum, (long)a.Count) / a.Count
                    + AsymptoticConfidenceSequence.PseudoCountVariance((long)b.Sum, (long)b.Count) / b.Count;
                plain |= sequence.TwoSided((long)b.Count, difference, independent * b.Count) is { } p && !p.Contains(0);
            }
            clusteredWrong += clustered ? 1 : 0;
            plainWrong += plain ? 1 : 0;
        }
        (clusteredWrong / (double)runs).ShouldBeLessThanOrEqualTo(0.05);
        (plainWrong / (double)runs).ShouldBeGreaterThan(0.2);
    }
}
