namespace SelfImprove.Training;

/// <summary>Where a training job stands.</summary>
public enum TrainingState
{
    /// <summary>Waiting for its turn or machine; unknown words of a service count as this.</summary>
    Queued,
    /// <summary>At work.</summary>
    Running,
    /// <summary>There is a model.</summary>
    Succeeded,
    /// <summary>There is none.</summary>
    Failed,
    /// <summary>Ended on request.</summary>
    Canceled,
}
