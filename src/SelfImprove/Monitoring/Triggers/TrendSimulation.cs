using SelfImprove.Agents.Manifests;
using SelfImprove.Monitoring.Signals;
using SelfImprove.Statistics.Randomness;

namespace SelfImprove.Monitoring.Triggers;

/// <summary>What a simulation of the trend trigger asks.</summary>
public sealed record TrendQuestion
{
    /// <summary>Judged tasks of a stream in which nothing changes.</summary>
    public const int StreamLength = 20_000;

    /// <summary>Judged tasks after which a change that was not noticed is given up.</summary>
    public const int Patience = 20_000;

    /// <summary>The share of thumbs down when all is well, wrong thumbs included, in (0,1).</summary>
    public required double Before { get; init; }

    /// <summary>The share of thumbs down after the change, above <see cref="Before"/>.</summary>
    public required double After { get; init; }

    /// <summary>How many judged tasks the version has served when the change comes, at least 100.</summary>
    public required int Judged { get; init; }

    /// <summary>Tolerated false alarms per 1,000 judged tasks, above 0.</summary>
    public required double FalseAlarmsPerThousand { get; init; }

    /// <summary>Kinds of tasks, equally frequent, that are watched as slices along with the whole; 0 for none.</summary>
    public int Slices { get; init; } = 10;

    /// <summary>Streams in which nothing changes.</summary>
    public int Streams { get; init; } = 200;

    /// <summary>Streams with a change.</summary>
    public int Changes { get; init; } = 400;

    /// <summary>Seeds the simulation: the same seed gives the same figures.</summary>
    public int Seed { get; init; } = 1;
}

/// <summary>What came of it.</summary>
/// <param name="Reference">How many first judged tasks the reference has by the time of the change.</param>
/// <param name="Threshold">The threshold of the evidence then.</param>
/// <param name="FalseAlarms">False alarms of each stream, per 1,000 judged tasks.</param>
/// <param name="MedianDelay">Median judged tasks from the change to the alarm; null where most changes are not noticed within the patience.</param>
/// <param name="MedianOfNewVersion">The same of a new version that is so from its first request on, beside a version before it that served as many tasks.</param>
public sealed record TrendAnswer(int Reference, double Threshold, IReadOnlyList<double> FalseAlarms, int? MedianDelay, int? MedianOfNewVersion);

/// <summary>
/// Plays 0/1 feedback to the trend trigger as it is run: looked at again and again over a version's life, the reference growing and following what came after it, slices watched along
/// with the whole, a new version compared with the one before. An alarm that lasts counts once.
/// </summary>
public static class TrendSimulation
{
    private const int Step = 50;
    private const int FineStep = 10;

    /// <summary>Plays it; streams run side by side.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static TrendAnswer Play(TrendQuestion question, CancellationToken cancellationToken = default)
    {
        var policy = new TrendPolicy(new TrendThresholds());
        var trigger = new TriggerSettings { Kind = TriggerKind.Trend, FalseAlarmsPerThousand = question.FalseAlarmsPerThousand };
        var random = new SeededRandom($"trend-simulation/{question.Seed}");
        var options = new ParallelOptions { CancellationToken = cancellationToken };
        var alarms = new double[question.Streams];
        Parallel.For(0, alarms.Length, options, i => alarms[i] = 1_000.0 * Alarms(question, policy, trigger, random.Split($"quiet/{i}")) / TrendQuestion.StreamLength);
        var (delays, ofNew) = (new int[question.Changes], new int[question.Changes]);
        Parallel.For(0, delays.Length, options, i =>
        {
            var draws = random.Split($"change/{i}");
            var before = Played(new SimulatedVersion(question.Slices), question.Judged, question.Before, draws);
            ofNew[i] = Delay(question, policy, trigger, new SimulatedVersion(question.Slices), before.Signals(), draws.Split("new"), PredecessorFall.Serves);
            delays[i] = Delay(question, policy, trigger, before, null, draws, TrendQuestion.Patience);
        });
        var typical = policy.Judge(trigger, Played(new SimulatedVersion(0), question.Judged, question.Before, random.Split("typical")).Signals()).Whole!.Value;
        return new TrendAnswer(typical.Size, typical.Threshold, alarms, Median(delays, TrendQuestion.Patience), Median(ofNew, PredecessorFall.Serves));
    }

    private static int Alarms(TrendQuestion question, TrendPolicy policy, TriggerSettings trigger, SeededRandom random)
    {
        var (version, alarms, wasFired) = (new SimulatedVersion(question.Slices), 0, false);
        for (var thumbs = 0; thumbs < TrendQuestion.StreamLength; thumbs += Step)
        {
            Played(version, Step, question.Before, random);
            var fires = policy.Judge(trigger, version.Signals()).Fires;
            if (fires && !wasFired) alarms++;
            wasFired = fires;
        }
        return alarms;
    }

    private static int Delay(
        TrendQuestion question, TrendPolicy policy, TriggerSettings trigger, SimulatedVersion version, VersionSignals? predecessor, SeededRandom random, int patience)
    {
        for (var delay = FineStep; delay <= patience; delay += FineStep)
        {
            Played(version, FineStep, question.After, random);
            if (policy.Judge(trigger, version.Signals(), predecessor is null ? null : "before", predecessor).Fires) return delay;
        }
        return int.MaxValue;
    }

    private static SimulatedVersion Played(SimulatedVersion version, int count, double error, SeededRandom random)
    {
        for (var i = 0; i < count; i++) version.Add(random.NextBool(error) ? 0 : 1, random);
        return version;
    }

    private static int? Median(int[] delays, int patience)
    {
        Array.Sort(delays);
        return delays[delays.Length / 2] is var median && median <= patience ? median : null;
    }

    /// <summary>A version's signals, as the fold keeps them, at the cost of the newest thumb.</summary>
    private sealed class SimulatedVersion(int slices)
    {
        private const int Ring = 2_000;
        private const int RingOfSlice = 60;
        private const int ReferenceOfSlice = 50;
        private readonly List<RecentReward> _all = [];
        private readonly List<double>[] _ofSlices = [.. Enumerable.Range(0, slices).Select(_ => new List<double>())];
        private readonly double[] _referencesOfSlices = new double[slices];
        private readonly double[] _sumsOfSlices = new double[slices];
        private readonly string[] _names = [.. Enumerable.Range(0, slices).Select(i => $"decision={i}")];
        private double _sum, _reference;

        public void Add(double reward, SeededRandom random)
        {
            var slice = slices == 0 ? -1 : random.Next(slices);
            if (_all.Count < TrendTest.Sizes[^1]) _reference += reward;
            _all.Add(new RecentReward(default, reward, slice < 0 ? "" : _names[slice]));
            _sum += reward;
            if (slice < 0) return;
            if (_ofSlices[slice].Count < ReferenceOfSlice) _referencesOfSlices[slice] += reward;
            _ofSlices[slice].Add(reward);
            _sumsOfSlices[slice] += reward;
        }

        public VersionSignals Signals() => new()
        {
            Interactions = _all.Count,
            Judged = _all.Count,
            RewardSum = _sum,
            ReferenceCount = Math.Min(_all.Count, TrendTest.Sizes[^1]),
            ReferenceSum = _reference,
            Recent = _all.GetRange(Math.Max(0, _all.Count - Ring), Math.Min(Ring, _all.Count)),
            Slices = Enumerable.Range(0, slices).Where(i => _ofSlices[i].Count > 0).ToDictionary(i => _names[i], i => new SliceSignals
            {
                Interactions = _ofSlices[i].Count,
                Judged = _ofSlices[i].Count,
                RewardSum = _sumsOfSlices[i],
                ReferenceCount = Math.Min(_ofSlices[i].Count, ReferenceOfSlice),
                ReferenceSum = _referencesOfSlices[i],
                Recent = _ofSlices[i].GetRange(Math.Max(0, _ofSlices[i].Count - RingOfSlice), Math.Min(RingOfSlice, _ofSlices[i].Count)),
            }),
        };
    }
}
