using SelfImprove.Agents.Manifests;
using SelfImprove.DataGeneration;
using SelfImprove.Deployment;
using SelfImprove.Deployment.Targets;
using SelfImprove.Evaluation;
using SelfImprove.Loop;
using SelfImprove.Monitoring;
using SelfImprove.Orchestration;
using SelfImprove.Planning;
using SelfImprove.Runs;
using SelfImprove.Runs.Approvals;
using SelfImprove.Training;

namespace SelfImprove;

/// <summary>
/// One improvement run of one agent: plan, gather data, train, evaluate, and where the candidate is not good enough, plan again
/// with what was learnt; then roll out beside the champion and replace it only on evidence. Whatever happens, the run is
/// closed: leases released, a challenger withdrawn, a pause lifted, and the champion keeps serving.
/// </summary>
public sealed class ImprovementLoop : Orchestrator<ImprovementInput, ImprovementOutcome>
{
    /// <summary>The orchestrator's name.</summary>
    public static readonly OrchestratorRef<ImprovementInput, ImprovementOutcome> Ref = new(nameof(ImprovementLoop));

    private const string DoNotReplace = "The champion keeps serving.";

    /// <summary>The most requests waited for before the planner looks again.</summary>
    public const int LongestStretch = 500;

    /// <summary>What callers of a paused agent are told to wait; the pause itself ends with the run.</summary>
    private static readonly TimeSpan ExpectedPause = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    public override async Task<ImprovementOutcome> RunAsync(OrchestrationContext context, ImprovementInput input)
    {
        var opened = await context.CallAsync(OpenRun.Ref, input);
        if (opened.Refusal is { } refusal)
            return new ImprovementOutcome(ImprovementEnding.Refused, refusal, 0, null, null);
        var course = new RunCourse();
        ImprovementOutcome outcome;
        try
        {
            outcome = await ImproveAsync(context, input, opened, course);
        }
        catch (OrchestrationFailureException failure)
        {
            var ending = failure.Failure.Type == nameof(RunEndedException) ? ImprovementEnding.Cancelled : ImprovementEnding.Failed;
            outcome = course.End(ending, $"{failure.Failure.Message} {DoNotReplace}", opened.Champion);
        }
        catch (PayloadLimitException tooLarge)
        {
            outcome = course.End(ImprovementEnding.Failed, $"{tooLarge.Message} {DoNotReplace}", opened.Champion);
        }
        var closed = await context.CallAsync(CloseRun.Ref, new CloseRunInput(input, opened, course.ToRecord(), outcome), CloseRun.Retry);
        RetireUnused(context, input, opened, course, closed.Champion);
        return closed;
    }

    private static async Task<ImprovementOutcome> ImproveAsync(OrchestrationContext context, ImprovementInput input, OpenedRun opened, RunCourse course)
    {
        var alphaSpent = 0.0;
        for (var round = 1; round <= opened.MaxRounds; round++)
        {
            var run = new RunRef(input.Agent, input.Run, round, opened.ManifestRevision);
            course.Round = round;

            // 1. Planning: what is wrong, what could be done, what pays. It may ask to wait for traffic, or end the run.
            var plan = await PlanAsync(context, input, opened, run, course);
            if (plan.RollBackTo is { } previous) await context.CallAsync(RollBackVersion.Ref, new RollBackVersionInput(run, previous, plan.Reason!));
            if (plan.Source is { } source) await context.CallAsync(QuarantineSource.Ref, new QuarantineSourceInput(run, source, plan.Reason!));
            if (plan.Ending is { } ending) return course.End(ending, plan.Reason!, plan.RollBackTo ?? opened.Champion);
            if (opened.Mode == ImprovementMode.Advise)
                return course.End(ImprovementEnding.Advised, $"It would do this: {plan.Words}", opened.Champion);
            if (await RefusalAsync(context, opened, run, plan) is { } no) return course.End(ImprovementEnding.Refused, no, opened.Champion);
            if (opened.Pause) await context.CallAsync(PauseAgent.Ref, new PauseInput(run, context.Now + ExpectedPause));

            // 2. Data generation: teachers, people, corrections; filtered.
            var data = await context.CallAsync(GenerateData.Ref, new GenerateInput(run, plan.Plan!, opened.Champion, course.PaidLabels(plan.Plan!)), $"{input.Run}/data/{round}");
            foreach (var labels in (data.Waves ?? []).Append(data.Labels)) course.Paid(plan.Plan!.Teacher, labels);
            if (data.Dataset is null)
            {
                course.Learn(plan.Plan!, 0, null, 0, [data.Shortfall ?? "Too little data came together to train on."], isTeacherMissing: data.IsTeacherMissing);
                continue;
            }

            // 3. Training.
            var trained = await context.CallAsync(TrainCandidate.Ref, new TrainInput(run, data.Dataset, opened.Champion) { Pairs = data.Pairs }, $"{input.Run}/training/{round}");
            course.Candidate = trained.Version ?? course.Candidate;
            if (trained.Version is not { } candidate)
            {
                course.Learn(plan.Plan!, data.NewRows, null, 0, [trained.Failure ?? "Training failed."]);
                continue;
            }

            if (await DeployAsync(context, input, opened, run, course, candidate) is { } undeployed) return undeployed;

            // 4. Evaluation: candidate and champion on the same independently labelled items.
            var report = await context.CallAsync(EvaluateCandidate.Ref, new EvaluateInput(run, opened.Champion, candidate, alphaSpent, plan.Plan!.Since), $"{input.Run}/evaluation/{round}");
            alphaSpent = report.AlphaSpent;
            course.Learn(
                plan.Plan!, data.NewRows, 1 - report.CandidateScore, report.ScoreItems, report.Verdict == Verdict.Pass ? [] : report.Reasons,
                report.Verdict == Verdict.Inconclusive, 1 - report.ChampionScore);
            course.Gain = report.CandidateScore - report.ChampionScore;
            if (report.Verdict != Verdict.Pass)
            {
                if (course.Undeploy(candidate)) Retire(context, input, candidate, context.Now, "it did not pass");
                continue;
            }

            // 5. Approval, where asked for, before any traffic is split.
            if (opened.Approvals.Deploy)
            {
                var question = $"Version {candidate} scores {report.CandidateScore:0.000} against {report.ChampionScore:0.000} of {opened.Champion} on {report.Items} items "
                    + $"(difference {report.DifferenceLow:+0.000;-0.000} to {report.DifferenceHigh:+0.000;-0.000}). May it be tested on live traffic and replace {opened.Champion} if it proves better?";
                var answer = await ApprovalGate.WaitAsync(context, run, "deploy", question, opened.Approvals.Expiry);
                if (!answer.Approved) return course.End(ImprovementEnding.Refused, $"Deployment was refused by {answer.By}. {answer.Reason} {DoNotReplace}", opened.Champion);
            }

            // 6. Deployment: in the champion's shadow where asked for, A/B beside it, then promotion or withdrawal.
            if (opened.Pause) await context.CallAsync(ResumeAgent.Ref, run);
            var rolledOut = new RolloutInput(run, opened.Champion, candidate, report.SuperiorityProven)
            {
                Deploys = opened.Deployment is not null,
                Shadows = opened.Shadows,
                MirrorPercent = opened.Deployment?.MirrorPercent ?? 0,
            };
            var rollout = await context.CallAsync(Rollout.Ref, rolledOut, Rollout.InstanceId(input.Run, round));
            // What a scorer finds in the shadow is no gain in reward.
            if (rollout.Shadow is null) course.OnlineGain = rollout.Difference;
            return rollout.Outcome switch
            {
                RolloutOutcome.Promoted => course.End(ImprovementEnding.Promoted, rollout.Reason, candidate),
                RolloutOutcome.Cancelled => course.End(ImprovementEnding.Cancelled, $"{rollout.Reason} {DoNotReplace}", opened.Champion),
                RolloutOutcome.NotDeployed => course.End(ImprovementEnding.Failed, $"{rollout.Reason} {DoNotReplace}", opened.Champion),
                _ => course.End(ImprovementEnding.NotPromoted, $"{rollout.Reason} {DoNotReplace}", opened.Champion),
            };
        }
        return course.End(
            ImprovementEnding.NotGoodEnough, $"{opened.MaxRounds} {(opened.MaxRounds == 1 ? "round" : "rounds")} gave no version that passes: {string.Join(" ", course.Earlier[^1].Reasons.Take(2))} {DoNotReplace}", opened.Champion);
    }

    /// <summary>Plans, and waits for as much traffic as the plan wants before it is made final.</summary>
    private static async Task<PlanRoundOutput> PlanAsync(OrchestrationContext context, ImprovementInput input, OpenedRun opened, RunRef run, RunCourse course)
    {
        var waited = 0;
        var due = context.Now + opened.MaxWaitTime;
        for (var look = 1; ; look++)
        {
            var planning = new PlanRoundInput(run, input.Cause, look, waited, course.Earlier, opened.Champion, opened.Mode) { Pilot = course.Pilot, Labelled = course.AllLabels };
            var plan = await context.CallAsync(PlanRound.Ref, planning, $"{input.Run}/planning/{run.Round}.{look}");
            course.Planned(plan);
            if (plan.Ending is not null || plan.Plan!.Wait == 0 || opened.Mode == ImprovementMode.Advise) return plan;
            // A long wait is taken in stretches: what is measured after the first may say that enough has come.
            var wait = Math.Min(plan.Plan.Wait, LongestStretch);
            var target = await context.CallAsync(CountTraffic.Ref, new CountTrafficInput(run, wait));
            while (!target.Reached && context.Now < due)
            {
                context.SetStatus(new { stage = "waiting", wait, target.Missing });
                var next = context.Now + CountTraffic.Interval;
                await context.NudgeOrUntilAsync(CountTraffic.Nudge, next < due ? next : due);
                target = await context.CallAsync(CountTraffic.Ref, new CountTrafficInput(run, wait, target.Goal));
            }
            // Where the time is up, the next look makes do with the traffic there is.
            waited = context.Now < due ? waited + wait : int.MaxValue;
        }
    }

    /// <summary>
    /// Brings the candidate to where it can answer, where the manifest says so: it is judged there too. What can't be deployed ends the run: training another would
    /// cost again and meet the same.
    /// </summary>
    private static async Task<ImprovementOutcome?> DeployAsync(
        OrchestrationContext context, ImprovementInput input, OpenedRun opened, RunRef run, RunCourse course, string candidate)
    {
        if (opened.Deployment is null) return null;
        course.Deploy(candidate);
        var deployed = await context.CallAsync(DeployVersion.Ref, new DeployInput(input.Agent, candidate, run), $"{input.Run}/deploy/{run.Round}");
        return deployed.Failure is { } why
            ? course.End(ImprovementEnding.Failed, $"{candidate} could not be deployed: {why} {DoNotReplace}", opened.Champion)
            : null;
    }

    /// <summary>Sees to what this run deployed and nobody uses, and to what its champion's successor replaced. Nobody waits for it: the run has ended.</summary>
    private static void RetireUnused(OrchestrationContext context, ImprovementInput input, OpenedRun opened, RunCourse course, string? champion)
    {
        if (opened.Deployment is not { } deployment) return;
        foreach (var candidate in course.Deployed.Where(c => c != champion)) Retire(context, input, candidate, context.Now, "it was not promoted");
        if (champion is not null && champion != opened.Champion) Retire(context, input, opened.Champion, context.Now + deployment.KeepFor, $"{champion} replaced it");
    }

    private static void Retire(OrchestrationContext context, ImprovementInput input, string version, DateTimeOffset at, string reason) =>
        _ = context.CallAsync(RetireVersion.Ref, new RetireInput(input.Agent, version, at, reason), RetireVersion.InstanceId(input.Agent, version, input.Run));

    private static async Task<string?> RefusalAsync(OrchestrationContext context, OpenedRun opened, RunRef run, PlanRoundOutput plan)
    {
        foreach (var (gate, asked) in new[] { ("plan", opened.Approvals.Plan), ("spend", opened.Approvals.SpendOver is { } limit && plan.CostUsd > limit) })
        {
            if (!asked) continue;
            var answer = await ApprovalGate.WaitAsync(context, run, gate, $"{plan.Words} May it go on?", opened.Approvals.Expiry);
            if (!answer.Approved) return $"The {(gate == "plan" ? "plan" : "spending")} was refused by {answer.By}. {answer.Reason} {DoNotReplace}";
        }
        return null;
    }
}
