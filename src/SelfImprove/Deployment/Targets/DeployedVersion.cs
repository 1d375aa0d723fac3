namespace SelfImprove.Deployment.Targets;

/// <summary>Where a version's deployment stands.</summary>
public enum DeployedState
{
    /// <summary>It is being brought up.</summary>
    Deploying,
    /// <summary>It answers.</summary>
    Healthy,
    /// <summary>It never came to answer; what there is of it is to be removed.</summary>
    Failed,
    /// <summary>It is being removed: nobody may be sent to it any more.</summary>
    Retiring,
    /// <summary>Nothing is left of it.</summary>
    Gone,
}

/// <summary>A version's deployment, as kept in <c>deployments/{agent}/{version}.json</c>: what is there, who wanted it, and when it may go.</summary>
public sealed record DeployedVersion
{
    /// <summary>What is deployed.</summary>
    public required DeploymentOrder Order { get; init; }

    /// <summary>The target's kind.</summary>
    public required string Target { get; init; }

    /// <summary>Where it stands.</summary>
    public required DeployedState State { get; init; }

    /// <summary>Since when it is wanted.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The run that wanted it; null where a person did.</summary>
    public string? Run { get; init; }

    /// <summary>The model reference that it answers under; null until it does.</summary>
    public string? Serving { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Reason { get; init; }

    /// <summary>It is not removed before this, whatever the routing says: somebody is about to send traffic to it. Null where nobody is.</summary>
    public DateTimeOffset? KeepUntil { get; init; }

    /// <summary>When it is to be removed; null where that is not decided.</summary>
    public DateTimeOffset? RetireAt { get; init; }

    /// <summary>The orchestration that will remove it.</summary>
    public string? Retirement { get; init; }

    /// <summary>How often its removal was decided.</summary>
    public int Retirements { get; init; }
}
