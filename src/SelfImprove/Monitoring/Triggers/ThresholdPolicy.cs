using SelfImprove.Agents.Manifests;
using SelfImprove.Monitoring.Signals;
using SelfImprove.Statistics.Sequential;

namespace SelfImprove.Monitoring.Triggers;

/// <summary>
/// Fires where the goal's target is missed in quality, not in thumbs: of a share w of wrong thumbs a perfect agent gets 1-w, so the mean thumb m
/// stands for a quality of
/// (m-w)/(1-2w), and a target T is missed where m is below w+T(1-2w). It is looked at after every fold, so the bound is a confidence sequence's
/// (Waudby-Smith et al. 2021), which may be.
/// </summary>
public static class ThresholdPolicy
{
    private const int LeastJudged = 30;

    // A window slides: it is looked at many times over. Tuned for a longer stream, the bound is wide enough at the window's length to stay right for many windows.
    private const double WindowsTunedFor = 10;

    /// <summary>Judges a champion's last judged tasks.</summary>
    public static PolicyEvidence Decide(TriggerSettings trigger, GoalSettings goal, FeedbackSettings feedback, VersionSignals? champion)
    {
        if (goal.Target is not { } target) return PolicyEvidence.No(TriggerKind.Threshold, "The goal has no target.");
        var rewards = champion?.Recent.TakeLast(trigger.Window).Select(r => r.Reward).ToList() ?? [];
        var n = rewards.Count;
        if (n < LeastJudged) return PolicyEvidence.No(TriggerKind.Threshold, $"{n} judged tasks of the champion; at least {LeastJudged} are needed.");
        var (wrong, sum) = (feedback.WrongShare, rewards.Sum());
        var mean = sum / n;
        // The variance of rewards in [0,1] is at most that of thumbs with their mean; four up and four down keep it above 0.
        var rate = (sum + 4) / (n + 8);
        var upper = new AsymptoticConfidenceSequence(1 - trigger.Confidence, WindowsTunedFor * trigger.Window, LeastJudged).Upper(n, mean, rate * (1 - rate)) ?? 1;
        // Who answers is no part of quality: where the rate of response changed, the happy may have fallen silent, and thumbs alone can't tell.
        var response = ResponseRate.Of(champion!, n);
        if (response is not null) upper = response.AtMost(Math.Min(1, upper));
        var mix = MixSplit.Of(champion!, n);
        var (quality, qualityUpper) = (Quality(mean, wrong), Quality(upper, wrong));
        var numbers = new Dictionary<string, double>
        {
            ["judged"] = n, ["meanReward"] = mean, ["wrongShare"] = wrong, ["quality"] = quality, ["qualityAtMost"] = qualityUpper, ["target"] = target,
            ["confidence"] = trigger.Confidence,
        };
        var text = FormattableString.Invariant(
            $"Quality over the last {n} judged tasks is {quality:0.000}, at most {qualityUpper:0.000} with confidence {trigger.Confidence:0.###}; the target is {target:0.###}.");
        if (response is not null) (numbers["responseBefore"], numbers["responseNow"]) = (response.Before, response.Now);
        if (response is { Changed: true })
            text += FormattableString.Invariant($" Of requests, {response.Now:0.00} are judged, {response.Before:0.00} were before: allowance is made for whoever fell silent or joined.");
        if (mix is not null)
        {
            mix.AddTo(numbers);
            text += mix.Words();
        }
        return qualityUpper < target
            ? PolicyEvidence.Yes(TriggerKind.Threshold, "threshold", text, numbers)
            : PolicyEvidence.No(TriggerKind.Threshold, text, numbers);
    }

    private static double Quality(double mean, double wrong) => Math.Clamp((mean - wrong) / (1 - 2 * wrong), 0, 1);
}
