using SelfImprove.Deployment.Experiments;
using SelfImprove.Statistics.Randomness;

namespace SelfImprove.Tests.Deployment.Experiments;

/// <summary>Plays experiments whose truth is known, looking after every request, and counts how they are decided.</summary>
internal sealed class SimulatedExperiment
{
    private static readonly string[] Keys = [.. Enumerable.Range(0, 20_000).Select(i => $"caller-{i}")];

    public required int Requests { get; init; }

    /// <summary>The challenger's share at a request.</summary>
    public Func<int, double> Share { get; init; } = _ => 0.5;

    /// <summary>The probability of a reward of 1 at a request, by arm.</summary>
    public required Func<int, bool, double> Rate { get; init; }

    /// <summary>Callers that come again and again; 0 gives every request its own.</summary>
    public int Users { get; init; }

    /// <summary>How alike a user's rewards are (intra-class correlation).</summary>
    public double Correlation { get; init; }

    public bool SuperiorityProven { get; init; }

    public ExperimentRules Rules { get; init; } = new();

    public SimulatedTally Run(int experiments, ulong seed)
    {
        var tally = new SimulatedTally();
        var random = new SeededRandom(seed);
        Parallel.For(0, experiments, i =>
        {
            var (decision, at) = Play(random.Split(i));
            lock (tally) tally.Add(decision, at);
        });
        return tally;
    }

    private (ExperimentDecision Decision, int At) Play(SeededRandom random)
    {
        var state = New();
        var buckets = Enumerable.Range(0, Users).Select(_ => random.NextDouble()).ToArray();
        var users = Enumerable.Range(0, Users).Select(_ => Effect(random)).ToArray();
        for (var i = 0; i < Requests; i++)
        {
            var user = Users > 0 ? random.Next(Users) : i;
            var bucket = Users > 0 ? buckets[user] : random.NextDouble();
            var share = Share(i);
            var challenger = bucket < share;
            var rate = Rate(i, challenger);
            var reward = random.NextBool(Users > 0 ? Personal(rate, users[user]) : rate) ? 1 : 0;
            state.Fold(new ExperimentObservation(Keys[user], challenger, share, reward));
            if (ExperimentAnalysis.Read(state, Rules, SuperiorityProven).Decision is var decision and not ExperimentDecision.KeepWaiting) return (decision, i + 1);
        }
        return (ExperimentDecision.KeepWaiting, Requests);
    }

    public static ExperimentState New() => new() { Experiment = "e", StartedAt = default, FoldedUntil = default };

    // A user is of the happy or of the unhappy kind; at the base rate r the kinds' rates are r +- sqrt(icc r (1-r)), so rewards of a user correlate by icc.
    private static double Effect(SeededRandom random) => random.NextBool(0.5) ? 1 : -1;

    private double Personal(double rate, double effect) => Math.Clamp(rate + effect * Math.Sqrt(Correlation * rate * (1 - rate)), 0, 1);
}
