using SelfImprove.Planning;
using SelfImprove.Runs;

namespace SelfImprove.Loop;

/// <summary>What the loop has learnt so far: rebuilt at every replay from the outputs of its stages.</summary>
public sealed class RunCourse
{
    // What is told goes into every later payload, and payloads are bounded.
    private const int MostReasons = 5;
    private const int LongestReason = 300;
    private const int LongestEnding = 2_000;

    private readonly List<RoundResult> _earlier = [];
    private readonly List<(string? Teacher, string Labels)> _paid = [];
    private readonly SortedDictionary<int, decimal> _predictedCosts = [];
    private readonly List<string> _deployed = [];
    private PlanRoundOutput? _plan;
    private int _rows;

    /// <summary>The round under way.</summary>
    public int Round { get; set; }

    /// <summary>The last candidate.</summary>
    public string? Candidate { get; set; }

    /// <summary>The last candidate's measured gain, paired.</summary>
    public double? Gain { get; set; }

    /// <summary>The gain that the A/B test measured.</summary>
    public double? OnlineGain { get; set; }

    /// <summary>The rounds that are over, oldest first.</summary>
    public IReadOnlyList<RoundResult> Earlier => _earlier;

    /// <summary>Store path of the inputs last labelled for a diagnosis; null where there are none.</summary>
    public string? Pilot { get; private set; }

    /// <summary>Notes what the planner said. A plan that is carried out is the one whose prediction the ledger compares with what came of it.</summary>
    public void Planned(PlanRoundOutput plan)
    {
        Pilot = plan.Labelled ?? Pilot;
        Paid(plan.LabelledBy, plan.Labelled);
        if (plan.Plan is null) return;
        _predictedCosts[Round] = plan.CostUsd;
        (_plan, _rows, Gain, OnlineGain) = (plan, 0, null, null);
    }

    /// <summary>Notes labels that were paid for.</summary>
    public void Paid(string? teacher, string? labels)
    {
        if (labels is not null && _paid.TrueForAll(p => p.Labels != labels)) _paid.Add((teacher, labels));
    }

    /// <summary>
    /// Labels paid for before that a plan trains on as well: in the first round all; in a later one those of the plan's own teacher, for what
    /// another one gave did not pass.
    /// </summary>
    public IReadOnlyList<string> PaidLabels(ImprovementPlan plan) => [.. _paid.Where(p => Round == 1 || p.Teacher == plan.Teacher).Select(p => p.Labels)];

    /// <summary>All labels paid for in this run.</summary>
    public IReadOnlyList<string> AllLabels => [.. _paid.Select(p => p.Labels)];

    /// <summary>The candidates whose deployment was begun and not taken back.</summary>
    public IReadOnlyList<string> Deployed => _deployed;

    /// <summary>Notes that a candidate's deployment is begun.</summary>
    public void Deploy(string candidate)
    {
        if (!_deployed.Contains(candidate)) _deployed.Add(candidate);
    }

    /// <summary>Notes that a candidate's deployment is taken back; false where there was none.</summary>
    public bool Undeploy(string candidate) => _deployed.Remove(candidate);

    /// <summary>Notes what came of a plan.</summary>
    public void Learn(
        ImprovementPlan plan, int newRows, double? candidateError, int items, IReadOnlyList<string> reasons, bool inconclusive = false, double? championError = null,
        bool isTeacherMissing = false)
    {
        _rows = newRows;
        _earlier.Add(new RoundResult(
            plan, newRows, candidateError, items, [.. reasons.Take(MostReasons).Select(r => Clip(r, LongestReason))], inconclusive, championError)
        {
            IsTeacherMissing = isTeacherMissing,
        });
    }

    /// <summary>Ends the run.</summary>
    public ImprovementOutcome End(ImprovementEnding ending, string reason, string champion) => new(ending, Clip(reason.Trim(), LongestEnding), Round, champion, Candidate);

    /// <summary>The course as data, for the ledger.</summary>
    public RunCourseRecord ToRecord() => new(_plan?.Words ?? "", _rows, _plan?.Gain ?? 0, _predictedCosts.Values.Sum(), Gain, OnlineGain);

    private static string Clip(string text, int length) => text.Length <= length ? text : text[..length] + "...";
}

/// <summary>A run's course as data.</summary>
/// <param name="Plan">The last plan, in words.</param>
/// <param name="Rows">New rows of the last round.</param>
/// <param name="PredictedGain">Gain predicted.</param>
/// <param name="PredictedCostUsd">Cost predicted.</param>
/// <param name="RealisedGain">Gain measured offline, paired.</param>
/// <param name="OnlineGain">Gain measured online.</param>
public sealed record RunCourseRecord(string Plan, int Rows, double PredictedGain, decimal PredictedCostUsd, double? RealisedGain, double? OnlineGain);
