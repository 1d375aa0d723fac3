namespace SelfImprove.Deployment.Shadow;

/// <summary>What a rollout does after a look at its shadow stage.</summary>
public enum ShadowStep
{
    /// <summary>Wait for the next look.</summary>
    Wait,
    /// <summary>Look again at once: more requests are waiting than one look replays.</summary>
    GoOn,
    /// <summary>Begin the A/B test.</summary>
    BeginTest,
    /// <summary>Withdraw the challenger: it does harm.</summary>
    Withdraw,
    /// <summary>Withdraw it: time or money is over, and too little was seen.</summary>
    Expire,
    /// <summary>Withdraw it: the run was cancelled, or a person took the experiment out of the routing.</summary>
    Cancel,
}

/// <summary>From what is seen to what is done: pure.</summary>
public static class ShadowPolicy
{
    /// <summary>
    /// What comes next. A person's word comes first, then proof of harm, then enough requests, then the end of time or money: with enough seen the test begins, for it
    /// has guardrails of its own; a version of which nothing is known gets no caller, for that is what the stage was asked for.
    /// </summary>
    /// <param name="decision">What the pairs say.</param>
    /// <param name="cancelled">Whether the run was cancelled.</param>
    /// <param name="underWay">Whether the routing still has the challenger in the shadow.</param>
    /// <param name="isOver">Whether its time, or the run's money, is over.</param>
    /// <param name="hasSeenEnough">Whether what was seen says something.</param>
    /// <param name="more">Whether requests are waiting.</param>
    public static ShadowStep Next(ShadowDecision decision, bool cancelled, bool underWay, bool isOver, bool hasSeenEnough, bool more) =>
        (cancelled || !underWay, decision, isOver, hasSeenEnough, more) switch
        {
            (true, _, _, _, _) => ShadowStep.Cancel,
            (_, ShadowDecision.Withdraw, _, _, _) => ShadowStep.Withdraw,
            (_, ShadowDecision.Pass, _, _, _) => ShadowStep.BeginTest,
            (_, _, true, true, _) => ShadowStep.BeginTest,
            (_, _, true, false, _) => ShadowStep.Expire,
            (_, _, _, _, true) => ShadowStep.GoOn,
            _ => ShadowStep.Wait,
        };
}
