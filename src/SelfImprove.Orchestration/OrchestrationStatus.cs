namespace SelfImprove.Orchestration;

/// <summary>Where an instance stands.</summary>
public enum OrchestrationStatus
{
    /// <summary>Started, its code has not run yet.</summary>
    Pending,
    /// <summary>At work or waiting.</summary>
    Running,
    /// <summary>Ended with an output.</summary>
    Completed,
    /// <summary>Ended with a failure.</summary>
    Failed,
    /// <summary>Ended from outside.</summary>
    Terminated,
    /// <summary>Set aside: today's code asks for other work than its history recorded. It goes on when a fixed build is deployed.</summary>
    Parked,
}
