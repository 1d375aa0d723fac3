namespace SelfImprove.Deployment;

/// <summary>What a rollout does after a look.</summary>
public enum RolloutStep
{
    /// <summary>Wait for the next look.</summary>
    Wait,

    /// <summary>Give the challenger more traffic, then wait.</summary>
    RaiseShare,

    /// <summary>Make the challenger the champion.</summary>
    Promote,

    /// <summary>Withdraw the challenger: it does harm.</summary>
    RollBack,

    /// <summary>Withdraw it: the split is broken.</summary>
    Void,

    /// <summary>Withdraw it: no proof within the deadline.</summary>
    Expire,

    /// <summary>Withdraw it: the run was cancelled, or a person took the experiment out of the routing.</summary>
    Cancel,
}
