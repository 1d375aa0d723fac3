using SelfImprove.Agents.Manifests;
using SelfImprove.Monitoring.Signals;
using SelfImprove.Monitoring.Triggers;
using SelfImprove.Statistics.Randomness;

namespace SelfImprove.Tests.Monitoring.Triggers;

/// <summary>
/// The error rates of the trigger as production feeds it: looked at again and again over one version's life, slices watched along with the whole. SELFIMPROVE_SEEDS=100 plays ten
/// times as many streams as the short form.
/// </summary>
public sealed class TrendRatesTests(Xunit.Abstractions.ITestOutputHelper output)
{
    private static readonly int Effort = Math.Max(1, int.Parse(Environment.GetEnvironmentVariable("SELFIMPROVE_SEEDS") ?? "10", System.Globalization.CultureInfo.InvariantCulture) / 10);
    private static readonly TrendThresholds Thresholds = new();
    private static readonly TriggerSettings Trend = new() { Kind = TriggerKind.Trend };
    private readonly TrendPolicy _policy = new(Thresholds);

    [Theory]
    [InlineData(0.10)]
    [InlineData(0.22)]
    public void Decide_QuietStreamsOf20000_RaiseAtMostOneFalseAlarmIn20000(double error)
    {
        const int Length = 20_000, Step = 50;
        var (streams, alarms) = (16 * Effort, 0);
        Parallel.For(0, streams, stream =>
        {
            var (random, traffic, wasFired) = (new SeededRandom($"quiet-{error}-{stream}"), new RollingTraffic(), false);
            for (var thumbs = 0; thumbs < Length; thumbs += Step)
            {
                for (var i = 0; i < Step; i++) traffic.Add(!random.NextBool(error), random.Next(12));
                var fired = _policy.Decide(Trend, traffic.Signals()).Fired;
                if (fired && !wasFired) Interlocked.Increment(ref alarms);
                wasFired = fired;
            }
        });

        output.WriteLine($"error {error}: {alarms} false alarms on {streams} streams of {Length}, {1_000.0 * alarms / (streams * (double)Length):0.0000} per 1,000");
        (1_000.0 * alarms / (streams * (double)Length)).ShouldBeLessThanOrEqualTo(0.05);
    }

    [Theory]
    [InlineData(0.10, 0.20, 180)]
    [InlineData(0.22, 0.29, 350)]
    public void Decide_ErrorDoubles_IsFoundInTime(double before, double after, int median)
    {
        // The second row is the first one with 15% of the thumbs wrong.
        var delays = new int[160 * Effort];
        Parallel.For(0, delays.Length, stream =>
        {
            var (random, traffic, delay) = (new SeededRandom($"fall-{before}-{stream}"), new RollingTraffic(), 0);
            for (var i = 0; i < 2_400; i++) traffic.Add(!random.NextBool(before), random.Next(12));
            while (delay < 3_000)
            {
                for (var i = 0; i < 10; i++, delay++) traffic.Add(!random.NextBool(after), random.Next(12));
                if (_policy.Decide(Trend, traffic.Signals()).Fired) break;
            }
            delays[stream] = delay;
        });

        output.WriteLine($"{before} to {after}: median {delays.Order().ElementAt(delays.Length / 2)} thumbs of {delays.Length} streams");
        delays.Order().ElementAt(delays.Length / 2).ShouldBeLessThanOrEqualTo(median);
    }

    [Fact]
    public void Decide_ASliceCollapses_FiresByItsThirtiethThumb()
    {
        var found = Enumerable.Range(0, 20 * Effort).Count(stream =>
        {
            var (random, traffic) = (new SeededRandom($"slice-{stream}"), new RollingTraffic());
            for (var i = 0; i < 2_000; i++) traffic.Add(!random.NextBool(0.08), i % 25 == 0 ? 0 : 1 + random.Next(11));
            for (var i = 0; i < 32 * 25; i++)
            {
                var collapsed = i % 25 == 0;
                traffic.Add(!random.NextBool(collapsed ? 0.8 : 0.06), collapsed ? 0 : 1 + random.Next(11));
            }
            var evidence = _policy.Decide(Trend, traffic.Signals());
            return evidence.Fired && evidence.Reason.Contains("decision=d0", StringComparison.Ordinal) && evidence.Numbers["cusum"] < evidence.Numbers["cusumThreshold"];
        });

        found.ShouldBeGreaterThanOrEqualTo(18 * Effort);
    }

    [Fact]
    public void Decide_TheMixChanged_SaysSo()
    {
        var (random, traffic) = (new SeededRandom("mix"), new RollingTraffic());
        // A hard kind of input, which has always been hard, grows from a twentieth to half.
        for (var i = 0; i < 2_000; i++) Add(0.05);
        for (var i = 0; i < 400; i++) Add(0.5);

        var evidence = _policy.Decide(Trend, traffic.Signals());

        evidence.Fired.ShouldBeTrue();
        evidence.Numbers["mixPart"].ShouldBeLessThan(-0.15);
        Math.Abs(evidence.Numbers["withinPart"]).ShouldBeLessThan(0.06);
        evidence.Reason.ShouldContain("comes of a changed mix of inputs");

        void Add(double share)
        {
            var hard = random.NextBool(share);
            traffic.Add(random.NextBool(hard ? 0.5 : 0.95), hard ? 0 : 1 + random.Next(5));
        }
    }

    [Fact]
    public void Decide_AnswersGotWorse_MixHasNoPartInIt()
    {
        var (random, traffic) = (new SeededRandom("within"), new RollingTraffic());
        for (var i = 0; i < 2_400; i++) traffic.Add(random.NextBool(i < 2_000 ? 0.95 : 0.7), random.Next(6));

        var evidence = _policy.Decide(Trend, traffic.Signals());

        evidence.Numbers["withinPart"].ShouldBe(-0.25, 0.08);
        evidence.Numbers["mixPart"].ShouldBe(0, 0.02);
        evidence.Reason.ShouldNotContain("changed mix");
    }
}
