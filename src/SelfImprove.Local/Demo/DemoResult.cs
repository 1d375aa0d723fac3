using SelfImprove.DataGeneration;
using SelfImprove.Deployment;
using SelfImprove.Planning;
using SelfImprove.Runs;

namespace SelfImprove.Local.Demo;

/// <summary>All that the demo measured: what the summary shows, and <c>--json</c> prints.</summary>
public sealed record DemoResult
{
    /// <summary>The data's name.</summary>
    public required string Data { get; init; }

    /// <summary>The seed.</summary>
    public required int Seed { get; init; }

    /// <summary>Whether the challenger was promoted on evidence.</summary>
    public required bool Promoted { get; init; }

    /// <summary>Requests played.</summary>
    public required int Requests { get; init; }

    /// <summary>Live accuracy before the drift, at its lowest, and after promotion; null where there was no such stretch.</summary>
    public required DemoStretch Live { get; init; }

    /// <summary>Reward over the same stretches, as users said: the share of thumbs that were up, wrong ones included.</summary>
    public required DemoStretch Reward { get; init; }

    /// <summary>Accuracy on held-out texts that were never played.</summary>
    public required DemoHeldOut HeldOut { get; init; }

    /// <summary>The stronger model's accuracy, measured on history that a twin was not trained on.</summary>
    public required double TeacherAccuracy { get; init; }

    /// <summary>The run; null where none was started.</summary>
    public string? Run { get; init; }

    /// <summary>Why it was started.</summary>
    public ImprovementCause? Cause { get; init; }

    /// <summary>How it ended; null where it did not.</summary>
    public ImprovementOutcome? Outcome { get; init; }

    /// <summary>The last round's choice, runners-up included.</summary>
    public PlanChoice? Choice { get; init; }

    /// <summary>Requests that the planner waited for before it chose.</summary>
    public int Waited { get; init; }

    /// <summary>The dataset's card.</summary>
    public DatasetCard? Card { get; init; }

    /// <summary>Predicted against realised.</summary>
    public LedgerEntry? Ledger { get; init; }

    /// <summary>Seconds of training, by the wall clock.</summary>
    public double? TrainingSeconds { get; init; }

    /// <summary>The evaluation.</summary>
    public DemoVerdict? Verdict { get; init; }

    /// <summary>The A/B test.</summary>
    public RolloutOutput? Rollout { get; init; }

    /// <summary>What was charged, in USD, by what was bought.</summary>
    public IReadOnlyDictionary<string, decimal> SpentUsd { get; init; } = new Dictionary<string, decimal>();

    /// <summary>Seconds in all, by the wall clock.</summary>
    public double Seconds { get; init; }

    /// <summary>The largest working set, in MiB.</summary>
    public double PeakMiB { get; init; }
}

/// <summary>A measure over the story.</summary>
/// <param name="Before">Before the drift.</param>
/// <param name="Low">Over the worst window after it.</param>
/// <param name="After">Of the new champion, after its promotion.</param>
public sealed record DemoStretch(double? Before, double? Low, double? After);

/// <summary>Held-out accuracy, on texts of all classes.</summary>
/// <param name="Texts">How many texts.</param>
/// <param name="Start">The first version.</param>
/// <param name="Final">The version that serves at the end.</param>
/// <param name="RandomLabels">A student trained on as many inputs drawn at random from the traffic there was to come, labelled by the same stronger model: null where nothing was labelled.</param>
/// <param name="AllLabels">A student trained on everything there is, history and traffic, truly labelled: the ceiling.</param>
public sealed record DemoHeldOut(int Texts, double Start, double Final, double? RandomLabels, double AllLabels);

/// <summary>The evaluation in short.</summary>
/// <param name="Verdict">Pass, fail or inconclusive.</param>
/// <param name="Items">Validation items.</param>
/// <param name="Champion">The champion's score.</param>
/// <param name="Candidate">The candidate's score.</param>
/// <param name="Low">Lower end of the difference's interval.</param>
/// <param name="High">Upper end.</param>
public sealed record DemoVerdict(string Verdict, int Items, double Champion, double Candidate, double Low, double High);
