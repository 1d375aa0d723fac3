namespace SelfImprove.Runs;

/// <summary>How a run ends.</summary>
public enum ImprovementEnding
{
    /// <summary>A new champion serves.</summary>
    Promoted,
    /// <summary>Mode <c>advise</c>: the plan was made and nothing done.</summary>
    Advised,
    /// <summary>The planner found nothing worth doing.</summary>
    NothingToDo,
    /// <summary>The planner sent the agent back to the version before.</summary>
    RolledBack,
    /// <summary>A source of feedback was put in quarantine.</summary>
    Quarantined,
    /// <summary>No round gave a candidate that passes.</summary>
    NotGoodEnough,
    /// <summary>The rollout did not end in promotion: harm, no proof in time, or a broken split.</summary>
    NotPromoted,
    /// <summary>A person said no, or nobody answered.</summary>
    Refused,
    /// <summary>A person cancelled it.</summary>
    Cancelled,
    /// <summary>Something broke.</summary>
    Failed,
}
