using SelfImprove.Agents.Manifests;
using SelfImprove.Deployment.Experiments;

namespace SelfImprove.Deployment;

/// <summary>From what is seen to what is done: pure.</summary>
public static class RolloutPolicy
{
    /// <summary>What a rollout does next. A person's word comes first, then proof, then the deadline, then more traffic.</summary>
    /// <param name="decision">What the experiment says.</param>
    /// <param name="cancelled">Whether the run was cancelled.</param>
    /// <param name="underWay">Whether the routing still has the experiment.</param>
    /// <param name="pastDeadline">Whether its time is over.</param>
    /// <param name="moreShare">Whether the challenger is due more traffic.</param>
    public static RolloutStep Next(ExperimentDecision decision, bool cancelled, bool underWay, bool pastDeadline, bool moreShare) =>
        (cancelled || !underWay, decision, pastDeadline, moreShare) switch
        {
            (true, _, _, _) => RolloutStep.Cancel,
            (_, ExperimentDecision.Void, _, _) => RolloutStep.Void,
            (_, ExperimentDecision.RollBack, _, _) => RolloutStep.RollBack,
            (_, ExperimentDecision.Promote, _, _) => RolloutStep.Promote,
            (_, _, true, _) => RolloutStep.Expire,
            (_, _, _, true) => RolloutStep.RaiseShare,
            _ => RolloutStep.Wait,
        };

    /// <summary>The next share the challenger is due; null where it is at the last, or too few of its requests have matured at this one.</summary>
    /// <param name="settings">The steps.</param>
    /// <param name="share">The share now.</param>
    /// <param name="challengerRequests">The challenger's mature requests since the experiment began.</param>
    public static double? NextShare(RolloutSettings settings, double share, int challengerRequests)
    {
        var passed = settings.Shares.Count(s => s <= share);
        return passed < settings.Shares.Count && challengerRequests >= (long)passed * settings.RequestsPerStep ? settings.Shares[passed] : null;
    }
}
