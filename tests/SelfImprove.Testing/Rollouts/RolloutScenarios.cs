using SelfImprove.Deployment;

namespace SelfImprove.Testing.Rollouts;

/// <summary>
/// What a rollout promises, as scenarios: false promotions and false roll-backs each in at most 5% of runs whatever the traffic does, harm found within so many
/// requests. Where the versions are alike, their errors and latencies vary too, so that guardrails have their chance to be wrong.
/// </summary>
public static class RolloutScenarios
{
    private const double Alpha = 0.05;
    private static readonly double[] Ramp = [0.1, 0.25, 0.5, 0.75];

    /// <summary>All, in the order of the promises.</summary>
    public static IReadOnlyList<RolloutExpectation> All { get; } =
    [
        Alike("peeking", new() { Name = "peeking at every request", Errors = 0.02, LatencySpread = 0.5 }),
        // A split of 100 rarely has 50 callers on each side, and then nothing is decided: the second asks for fewer.
        Alike("correlation", new() { Name = "100 users, correlation .1", Users = 100, Correlation = 0.1, Requests = 3_000, LookEvery = 3 }),
        Alike("correlation", new()
        {
            Name = "100 users, correlation .1, 40 a side suffice", Users = 100, Correlation = 0.1, Requests = 3_000, LookEvery = 3, MinKeys = 40,
        }),
        Alike("correlation", new() { Name = "200 users, correlation .1", Users = 200, Correlation = 0.1, Requests = 3_000, LookEvery = 3 }),
        Alike("correlation", new() { Name = "300 users, correlation .1, some far busier", Users = 300, Skew = 0.8, Correlation = 0.1, Requests = 3_000, LookEvery = 3 }),
        Alike("ramp", new() { Name = "ramped share, reward .6 to .8", Shares = Ramp, RequestsPerStep = 60, Champion = 0.6, Drift = 0.8, LookEvery = 2 }),
        Alike("ramp", new() { Name = "ramped share, reward .8 to .6", Shares = Ramp, RequestsPerStep = 60, Champion = 0.8, Drift = 0.6, LookEvery = 2 }),
        Alike("ramp", new()
        {
            Name = "ramped share, 200 returning users, reward .6 to .8", Shares = Ramp, RequestsPerStep = 60, Champion = 0.6, Drift = 0.8, Users = 200, Correlation = 0.1,
            LookEvery = 2,
        }),
        Alike("slow thumbs up", SlowThumbsUp),
        .. from rate in (double[])[0.8, 0.9, 0.95, 0.98]
           from share in (double[])[0.05, 0.1, 0.25, 0.5]
           select Alike("shares and bases", new() { Name = FormattableString.Invariant($"share {share}, base {rate}"), Shares = [share], Champion = rate, LookEvery = 4 }),
        Alike("wrong thumbs", new()
        {
            Name = "15% wrong thumbs, 60% answer", WrongThumbs = 0.15, JudgedIfRight = 0.6, JudgedIfWrong = 0.6, Errors = 0.02, LatencySpread = 0.5, LookEvery = 2,
        }),
        Alike("wrong thumbs", new()
        {
            Name = "15% wrong thumbs, the unhappy answer twice as often", WrongThumbs = 0.15, JudgedIfRight = 0.3, JudgedIfWrong = 0.6, LookEvery = 2,
        }),
        new("fall", Fall, Promoted: 0.005, Ends: RolloutOutcome.RolledBack, EndsAtLeast: 0.98, Median: 400),
        new("fall", Fall with
            {
                Name = "fall .90 to .80, 60% answer, 15% wrong", WrongThumbs = 0.15, JudgedIfRight = 0.6, JudgedIfWrong = 0.6, Requests = 6_000, LookEvery = 10,
            },
            Promoted: 0.01, Ends: RolloutOutcome.RolledBack, EndsAtLeast: 0.9, Median: 2_000),
        WorseByTheMargin("worse by exactly the margin, proven before", 0.85),
        WorseByTheMargin("worse by exactly the margin, proven before, base .95", 0.95),
        new("split", new() { Name = "30% of the challenger's records lost", Lost = 0.3, Requests = 1_500, LookEvery = 2 },
            Ends: RolloutOutcome.Voided, EndsAtLeast: 0.95),
        new("power", new() { Name = "gain .80 to .85", Gain = 0.05, Requests = 5_000, LookEvery = 10 }, RolledBack: Alpha),
        new("power", new() { Name = "gain .80 to .85, proven before", Gain = 0.05, Requests = 5_000, LookEvery = 10, SuperiorityProven = true },
            RolledBack: Alpha, Ends: RolloutOutcome.Promoted, EndsAtLeast: 0.95),
        Alike("shadow", Shadow with { Name = "shadow, peeking at every request", Errors = 0.02, LatencySpread = 0.5, LookEvery = 1 }),
        Alike("shadow", Shadow with { Name = "shadow, base .95, answers nearly alike", Champion = 0.95, Alike = 0.95 }),
        Alike("shadow", Shadow with { Name = "shadow, 100 users, correlation .1", Users = 100, Correlation = 0.1, MinKeys = 40 }),
        Alike("shadow", Shadow with { Name = "shadow, 15% of the teacher's answers wrong", WrongScorer = 0.15, WrongThumbs = 0.15, Errors = 0.02, LatencySpread = 0.5 }),
        new("shadow", Shadow with { Name = "shadow, fall .90 to .80", Champion = 0.9, Gain = -0.1 }, Promoted: 0.005, Ends: RolloutOutcome.WithdrawnInShadow, EndsAtLeast: 0.8, Median: 400),
        new("shadow", Shadow with { Name = "shadow, fall .90 to .80, 15% of the teacher's answers wrong", Champion = 0.9, Gain = -0.1, WrongScorer = 0.15, ShadowRequests = 1_000, Requests = 4_000 },
            Promoted: 0.005, Ends: RolloutOutcome.WithdrawnInShadow, EndsAtLeast: 0.8),
        new("shadow", Shadow with { Name = "shadow, gain .80 to .85, proven before", Gain = 0.05, Requests = 5_500, LookEvery = 10, SuperiorityProven = true },
            RolledBack: Alpha, Ends: RolloutOutcome.Promoted, EndsAtLeast: 0.9),
    ];

    /// <summary>A shadow stage of 500 requests before the test.</summary>
    public static RolloutScenario Shadow => new() { Name = "shadow", ShadowRequests = 500, Requests = 2_500, LookEvery = 5 };

    /// <summary>A challenger that answers ten points worse, judged at once and rightly by everybody.</summary>
    public static RolloutScenario Fall => new() { Name = "fall .90 to .80, all judged rightly", Champion = 0.9, Gain = -0.1 };

    /// <summary>The unhappy answer within minutes, the happy within hours, while the challenger's share grows.</summary>
    public static RolloutScenario SlowThumbsUp => new()
    {
        Name = "thumbs up slower than down, ramped share", Shares = Ramp, RequestsPerStep = 60, Champion = 0.7, UpDelay = TimeSpan.FromMinutes(400),
        DownDelay = TimeSpan.FromMinutes(5), Maturity = TimeSpan.FromMinutes(400), LookEvery = 2,
    };

    /// <summary>The expectation of that name.</summary>
    public static RolloutExpectation Named(string name) => All.Single(e => e.Scenario.Name == name);

    private static RolloutExpectation Alike(string group, RolloutScenario scenario) =>
        new(group, scenario, Promoted: Alpha, RolledBack: Alpha, Voided: 0.005);

    private static RolloutExpectation WorseByTheMargin(string name, double champion) =>
        new("margin", new() { Name = name, Champion = champion, Gain = -0.05, SuperiorityProven = true, LookEvery = 2 }, Promoted: Alpha);
}
