using SelfImprove.Agents.Manifests;

namespace SelfImprove.Testing.Rollouts;

/// <summary>What is true of an agent, its challenger and its callers while they are compared: one request a minute, in virtual time.</summary>
public sealed record RolloutScenario
{
    /// <summary>One request comes in every such span.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    public required string Name { get; init; }

    /// <summary>How many requests there are before the deadline.</summary>
    public int Requests { get; init; } = 2_000;

    /// <summary>The shares that the challenger climbs, and how many of its requests pass at each.</summary>
    public IReadOnlyList<double> Shares { get; init; } = [0.5];

    public int RequestsPerStep { get; init; } = 100;

    /// <summary>The chance that the champion's answer is right, at the first request.</summary>
    public double Champion { get; init; } = 0.8;

    /// <summary>The same at the last request, in between on a straight line; null for no drift.</summary>
    public double? Drift { get; init; }

    /// <summary>By how much the challenger's chance is higher, always.</summary>
    public double Gain { get; init; }

    /// <summary>Callers that come again and again; 0 makes every request a caller of its own.</summary>
    public int Users { get; init; }

    /// <summary>How unlike often they come: the caller of rank r as often as r to the power of minus this; 0 for each as often.</summary>
    public double Skew { get; init; }

    /// <summary>How alike a caller's requests are: the correlation of two of them.</summary>
    public double Correlation { get; init; }

    /// <summary>The chance that a right answer is judged, and that a wrong one is.</summary>
    public double JudgedIfRight { get; init; } = 1;

    public double JudgedIfWrong { get; init; } = 1;

    /// <summary>The share of thumbs that say the opposite of what is true.</summary>
    public double WrongThumbs { get; init; }

    /// <summary>How long thumbs up and thumbs down take on average (exponential); zero for at once.</summary>
    public TimeSpan UpDelay { get; init; }

    public TimeSpan DownDelay { get; init; }

    /// <summary>How long feedback may take and still count.</summary>
    public TimeSpan Maturity { get; init; }

    /// <summary>The share of requests that fail, of both versions alike.</summary>
    public double Errors { get; init; }

    /// <summary>The median latency in ms, of both versions alike, and the spread of its logarithm.</summary>
    public double LatencyMs { get; init; } = 200;

    public double LatencySpread { get; init; }

    /// <summary>The share of the challenger's records that are lost before they are logged.</summary>
    public double Lost { get; init; }

    /// <summary>Whether validation items proved the challenger better before.</summary>
    public bool SuperiorityProven { get; init; }

    /// <summary>How many requests come between two looks.</summary>
    public int LookEvery { get; init; } = 1;

    public int MinKeys { get; init; } = 50;

    /// <summary>How many requests both versions answer in the shadow before the test; 0 for no shadow stage.</summary>
    public int ShadowRequests { get; init; }

    /// <summary>The share of the requests served meanwhile that the challenger answers too.</summary>
    public double ShadowShare { get; init; } = 1;

    /// <summary>The share of requests that are hard or easy for both versions alike; the others each gets right by its own luck.</summary>
    public double Alike { get; init; } = 0.5;

    /// <summary>The share of the teacher's answers that are wrong, by which the shadow's answers are compared.</summary>
    public double WrongScorer { get; init; }

    /// <summary>The manifest of an agent in it.</summary>
    public AgentManifest Manifest(string agent) => new()
    {
        Agent = agent,
        Goal = new GoalSettings { Metric = "helpful", Target = 0.9 },
        Metrics = [new MetricSettings { Name = "helpful" }],
        Task = new TaskSettings { Output = TaskOutput.Label, Labels = ["billing", "access"] },
        Feedback = new FeedbackSettings { Maturity = Maturity },
        Teachers = ShadowRequests == 0 ? [] : [new TeacherSettings { Name = "teacher", Model = RolloutModels.Teacher(agent) }],
        Deployment = new DeploymentSettings
        {
            Rollout = new RolloutSettings
            {
                Shares = Shares, RequestsPerStep = RequestsPerStep, MinKeys = MinKeys, LookEvery = LookEvery * Every, Deadline = Requests * Every + Maturity,
                Shadow = new ShadowSettings { Requests = ShadowRequests, Share = ShadowShare, MaxDuration = Requests * Every },
            },
        },
    };

    /// <summary>The chance that a request is answered rightly.</summary>
    internal double Right(int request, bool challenger, double effect)
    {
        var rate = (Drift is { } end ? Champion + (end - Champion) * request / Requests : Champion) + (challenger ? Gain : 0);
        // A caller is of the happy or of the unhappy kind: at r +- sqrt(c r (1-r)) two requests of one caller correlate by c.
        return Math.Clamp(rate + effect * Math.Sqrt(Correlation * rate * (1 - rate)), 0, 1);
    }

    public override string ToString() => Name;
}
