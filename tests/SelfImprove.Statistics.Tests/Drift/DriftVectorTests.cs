using System.Text.Json;
using SelfImprove.Statistics.Drift;
using SelfImprove.Statistics.Randomness;

namespace SelfImprove.Statistics.Tests.Drift;

[Trait("Data", "reference")]
public class DriftVectorTests
{
    private static readonly JsonElement File = Vectors.Read("drift.json");

    public static TheoryData<int> Cases() => [.. Enumerable.Range(0, File.GetProperty("cases").GetArrayLength())];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Update_ReferenceStream_DetectsAtTheReferenceIndices(int number)
    {
        var expected = File.GetProperty("cases")[number];
        var detector = Create(expected.GetProperty("algorithm").GetString()!, expected.GetProperty("params"));
        var stream = File.GetProperty("streams").GetProperty(expected.GetProperty("stream").GetString()!).Numbers();
        List<int> drifts = [], warnings = [];
        var warned = false;
        for (var i = 0; i < stream.Length; i++)
        {
            var level = detector.Update(stream[i]);
            if (level == DriftLevel.Warning && !warned)
            {
                warnings.Add(i);
                warned = true;
            }
            if (level != DriftLevel.Drift) continue;
            drifts.Add(i);
            warned = false;
        }
        drifts.ShouldBe(expected.GetProperty("expected_drift_indices").EnumerateArray().Select(e => e.GetInt32()));
        var segments = expected.GetProperty("expected_first_warning_per_segment");
        if (segments.ValueKind == JsonValueKind.Array) warnings.ShouldBe(segments.EnumerateArray().Select(e => e.GetInt32()));
    }

    [Fact]
    public void State_ThroughJsonAtEveryStep_ChangesNothing()
    {
        var random = new SeededRandom(71);
        var stream = Enumerable.Range(0, 1_500).Select(i => random.NextBool(i < 800 ? 0.2 : 0.6) ? 1.0 : 0).ToArray();
        Compare<PageHinkley, PageHinkleyState>(stream, s => new PageHinkley(new PageHinkleyOptions(Threshold: 20), s), d => d.ToState());
        Compare<Adwin, AdwinState>(stream, s => new Adwin(null, s), d => d.ToState());
        Compare<Cusum, CusumState>(stream, s => new Cusum(null, s), d => d.ToState());
        Compare<EwmaChart, EwmaChartState>(stream, s => new EwmaChart(null, s), d => d.ToState());
        Compare<Ddm, DdmState>(stream, s => new Ddm(null, s), d => d.ToState());
        Compare<Eddm, EddmState>(stream, s => new Eddm(null, s), d => d.ToState());
        Compare<BernoulliCusum, BernoulliCusumState>(stream, s => new BernoulliCusum(new BernoulliCusumOptions(5, 300), s), d => d.ToState());
    }

    [Fact]
    public void Update_BadObservation_Throws()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new PageHinkley().Update(double.NaN));
        Should.Throw<ArgumentOutOfRangeException>(() => new Eddm().Update(0.5));
        Should.Throw<ArgumentOutOfRangeException>(() => new BernoulliCusum().Update(0.5));
        Should.Throw<ArgumentOutOfRangeException>(() => new Ddm().Update(2));
        Should.Throw<ArgumentOutOfRangeException>(() => new Adwin(new AdwinOptions(Delta: 0)));
    }

    [Theory]
    [InlineData(DriftDirection.Up, false)]
    [InlineData(DriftDirection.Down, true)]
    [InlineData(DriftDirection.Both, true)]
    public void Update_FallingMean_IsSeenByThoseWhoLookDown(DriftDirection direction, bool seen)
    {
        var random = new SeededRandom(72);
        var stream = Enumerable.Range(0, 600).Select(i => random.NextGaussian() + (i < 300 ? 3 : 0)).ToArray();
        IDriftDetector[] detectors = [
            new PageHinkley(new PageHinkleyOptions(Direction: direction)),
            new Cusum(new CusumOptions(Threshold: 12, Direction: direction)),
            new EwmaChart(new EwmaChartOptions(Threshold: 6, Direction: direction)),
        ];
        foreach (var detector in detectors) stream.Count(x => detector.Update(x) == DriftLevel.Drift).ShouldBe(seen ? 1 : 0, detector.GetType().Name);
    }

    [Fact]
    public void Adwin_AfterManyObservations_KeepsAWindowOfLogarithmicSize()
    {
        var random = new SeededRandom(73);
        var adwin = new Adwin();
        var alarms = 0;
        for (var i = 0; i < 20_000; i++)
            if (adwin.Update(random.NextBool(0.1) ? 1 : 0) == DriftLevel.Drift) alarms++;
        alarms.ShouldBe(0);
        adwin.Width.ShouldBe(20_000);
        adwin.Mean!.Value.ShouldBe(0.1, 0.01);
        adwin.ToState().Rows.Sum(row => row.Count).ShouldBeLessThan(80);
        for (var i = 0; i < 400 && !adwin.InDrift; i++) adwin.Update(random.NextBool(0.3) ? 1 : 0);
        adwin.InDrift.ShouldBeTrue();
    }

    [Fact]
    public void Eddm_ErrorsComingCloser_WarnsThenDetects()
    {
        var eddm = new Eddm();
        var levels = Enumerable.Range(0, 2_000).Select(i => eddm.Update(i % (i < 1_000 ? 20 : 5) == 0 ? 1 : 0)).ToArray();
        var warning = Array.IndexOf(levels, DriftLevel.Warning);
        var drift = Array.IndexOf(levels, DriftLevel.Drift);
        warning.ShouldBeGreaterThan(1_000);
        drift.ShouldBeInRange(warning, 1_400);
    }

    private static IDriftDetector Create(string algorithm, JsonElement p)
    {
        var direction = p.TryGetProperty("mode", out var mode) ? Enum.Parse<DriftDirection>(mode.GetString()!, ignoreCase: true) : DriftDirection.Both;
        int Whole(string name) => p.GetProperty(name).GetInt32();
        return algorithm switch
        {
            "ADWIN" => new Adwin(new AdwinOptions(p.Number("delta"), Whole("clock"), Whole("max_buckets"), Whole("min_window_length"), Whole("grace_period"))),
            "PageHinkley" => new PageHinkley(new PageHinkleyOptions(Whole("min_instances"), p.Number("delta"), p.Number("threshold"), p.Number("alpha"), direction)),
            "CUSUM" => new Cusum(new CusumOptions(Whole("min_instances"), p.Number("slack"), p.Number("threshold"), direction)),
            "EWMA" => new EwmaChart(new EwmaChartOptions(p.Number("alpha"), p.Number("threshold"), Whole("min_instances"), direction)),
            "DDM" => new Ddm(new DdmOptions(Whole("warm_start"), p.Number("warning_threshold"), p.Number("drift_threshold"))),
            _ => throw new NotSupportedException($"The vectors name an unknown detector: {algorithm}."),
        };
    }

    private static void Compare<TDetector, TState>(double[] stream, Func<TState?, TDetector> create, Func<TDetector, TState> state)
        where TDetector : IDriftDetector
        where TState : class
    {
        var steady = create(null);
        TState? stored = null;
        var alarms = 0;
        for (var i = 0; i < stream.Length; i++)
        {
            var level = steady.Update(stream[i]);
            var restored = create(stored);
            restored.Update(stream[i]).ShouldBe(level, $"{typeof(TDetector).Name} at {i}");
            stored = JsonSerializer.Deserialize<TState>(JsonSerializer.Serialize(state(restored), JsonSerializerOptions.Web), JsonSerializerOptions.Web);
            if (level == DriftLevel.Drift) alarms++;
        }
        alarms.ShouldBeGreaterThan(0, typeof(TDetector).Name);
    }
}
