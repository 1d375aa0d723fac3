namespace SelfImprove.Deployment.Experiments;

/// <summary>What a look at an experiment says.</summary>
public enum ExperimentDecision
{
    /// <summary>Nothing is proven yet.</summary>
    KeepWaiting,

    /// <summary>The challenger is proven better, or proven better before and proven not worse now.</summary>
    Promote,

    /// <summary>The challenger is proven to do harm.</summary>
    RollBack,

    /// <summary>The split is not what was configured: the experiment says nothing.</summary>
    Void,
}
