using System.Text.Json;
using SelfImprove.DataGeneration;
using SelfImprove.Evaluation;
using SelfImprove.Evaluation.Judging;
using SelfImprove.Monitoring.Triggers;
using SelfImprove.Orchestration;
using SelfImprove.Planning;
using SelfImprove.Runs;
using SelfImprove.Runs.Approvals;

namespace SelfImprove.Api.Improvements;

/// <summary>An agent's runs and the requests that wait for one.</summary>
/// <param name="Runs">The newest first.</param>
/// <param name="Waiting">Requests that no run took up yet.</param>
public sealed record RunList(IReadOnlyList<RunSummary> Runs, IReadOnlyList<ImprovementRequest> Waiting);

/// <summary>A run, in short.</summary>
/// <param name="Run">Its id.</param>
/// <param name="Agent">The agent.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Cause">Why it was started.</param>
/// <param name="Outcome">How it ended; null while it has not.</param>
public sealed record RunSummary(string Run, string Agent, OrchestrationStatus Status, ImprovementCause? Cause, ImprovementOutcome? Outcome);

/// <summary>A run with all that is known of it.</summary>
public sealed record RunView
{
    /// <summary>Its id.</summary>
    public required string Run { get; init; }

    /// <summary>The agent.</summary>
    public required string Agent { get; init; }

    /// <summary>Where it stands.</summary>
    public required OrchestrationStatus Status { get; init; }

    /// <summary>The stage under way: <c>planning</c>, <c>waiting</c>, <c>approval</c>, <c>data</c>, <c>training</c>, <c>evaluation</c>,
    /// <c>shadow</c> (the rollout's first part), <c>rollout</c>, <c>ended</c>.</summary>
    public required string Stage { get; init; }

    /// <summary>What the stage says of itself; its form depends on the stage.</summary>
    public JsonElement? StageStatus { get; init; }

    /// <summary>The round, from 1; 0 before the first plan.</summary>
    public int Round { get; init; }

    /// <summary>Why it was started.</summary>
    public ImprovementCause? Cause { get; init; }

    /// <summary>When it was started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it last changed.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>The last round's plan.</summary>
    public PlanSummary? Plan { get; init; }

    /// <summary>The last round's dataset.</summary>
    public DatasetCard? Card { get; init; }

    /// <summary>The last round's evaluation.</summary>
    public ReportSummary? Report { get; init; }

    /// <summary>How it ended.</summary>
    public ImprovementOutcome? Outcome { get; init; }

    /// <summary>What waits for a person's word.</summary>
    public IReadOnlyList<ApprovalRequest> Approvals { get; init; } = [];

    /// <summary>What it has spent so far, in USD.</summary>
    public decimal SpentUsd { get; init; }

    /// <summary>Why it failed or was terminated.</summary>
    public string? Failure { get; init; }
}

/// <summary>A round's plan.</summary>
/// <param name="Diagnosis">What is wrong.</param>
/// <param name="Words">The plan chosen, in words; null where nothing is done.</param>
/// <param name="Chosen">The plan chosen, with its prediction.</param>
/// <param name="RunnersUp">The next best, at most five.</param>
/// <param name="Stop">Why nothing is done.</param>
public sealed record PlanSummary(Diagnosis Diagnosis, string? Words, CandidatePlan? Chosen, IReadOnlyList<CandidatePlan> RunnersUp, string? Stop)
{
    internal static PlanSummary Of(PlanChoice choice) =>
        new(choice.Diagnosis, choice.Chosen?.Describe(), choice.Chosen, [.. choice.Candidates.Where(c => c != choice.Chosen).Take(5)], choice.Stop);
}

/// <summary>An evaluation, in short.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Champion">The version that serves.</param>
/// <param name="Candidate">The version judged.</param>
/// <param name="Evaluator">The measure.</param>
/// <param name="Items">Items that both answered.</param>
/// <param name="ChampionScore">The champion's mean score.</param>
/// <param name="CandidateScore">The candidate's.</param>
/// <param name="DifferenceLow">Lower end of the difference's interval.</param>
/// <param name="DifferenceHigh">Upper end.</param>
/// <param name="Gates">Each gate's word, broken ones first.</param>
/// <param name="Page">The store path of the page for people.</param>
public sealed record ReportSummary(
    Verdict Verdict, string Champion, string Candidate, string Evaluator, int Items, double ChampionScore, double CandidateScore, double DifferenceLow,
    double DifferenceHigh,
    IReadOnlyList<GateResult> Gates, string Page)
{
    internal static ReportSummary Of(EvaluationReport report) => new(
        report.Verdict, report.Champion, report.Candidate, report.Evaluator, report.Items, report.ChampionScore, report.CandidateScore, report.DifferenceLow,
        report.DifferenceHigh,
        report.Gates, new RunRef(report.Agent, report.Run, report.Round, 0).Path("report", "md"));
}
