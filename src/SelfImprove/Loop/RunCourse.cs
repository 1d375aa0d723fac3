using SelfImprove.Planning;
using SelfImprove.Runs;

namespace SelfImprove.Loop;

/// <summary>What the loop has learnt so far: rebuilt at every replay from the outputs of its stages.</summary>
public sealed class RunCourse
{
    private readonly List<RoundResult> _earlier = [];

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

    private PlanRoundOutput? Plan { get; set; }

    /// <summary>Notes the plan of the round.</summary>
    public void Planned(PlanRoundOutput plan) => Plan = plan;

    /// <summary>Notes what came of it.</summary>
    public void Learn(ImprovementPlan plan, int newRows, double? candidateError, int items, IReadOnlyList<string> reasons) =>
        _earlier.Add(new RoundResult(plan, newRows, candidateError, items, reasons));

    /// <summary>Ends the run.</summary>
    public ImprovementOutcome End(ImprovementEnding ending, string reason, string champion) => new(ending, reason.Trim(), Round, champion, Candidate);

    /// <summary>The course as data, for the ledger.</summary>
    public RunCourseRecord ToRecord() => new(Plan?.Words ?? "", Earlier.LastOrDefault()?.NewRows ?? 0, Plan?.Gain ?? 0, Plan?.CostUsd ?? 0, Gain, OnlineGain);
}

/// <summary>A run's course as data.</summary>
/// <param name="Plan">The last plan, in words.</param>
/// <param name="Rows">New rows of the last round.</param>
/// <param name="PredictedGain">Gain predicted.</param>
/// <param name="PredictedCostUsd">Cost predicted.</param>
/// <param name="RealisedGain">Gain measured offline, paired.</param>
/// <param name="OnlineGain">Gain measured online.</param>
public sealed record RunCourseRecord(string Plan, int Rows, double PredictedGain, decimal PredictedCostUsd, double? RealisedGain, double? OnlineGain);
