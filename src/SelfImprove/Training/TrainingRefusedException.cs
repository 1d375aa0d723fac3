namespace SelfImprove.Training;

/// <summary>
/// A training target did not take a job: a quota that is used up, no machine at the moment, a profile that the host does not have, a dataset that it can't
/// train on. Nothing runs, and nothing is owed. The message is for a person and says what to do.
/// </summary>
public sealed class TrainingRefusedException : Exception
{
    /// <summary>Creates it.</summary>
    /// <param name="message">Why, and what to do.</param>
    /// <param name="isTransient">Whether another attempt, minutes later, may succeed.</param>
    /// <param name="inner">What the service reported.</param>
    public TrainingRefusedException(string message, bool isTransient = false, Exception? inner = null) : base(message, inner) => IsTransient = isTransient;

    /// <summary>Whether another attempt, minutes later, may succeed.</summary>
    public bool IsTransient { get; }
}
