using SelfImprove.Training;

namespace SelfImprove.Azure.Training;

/// <summary>What the runtime itself keeps of a job: services tell neither since when they charge, nor for how much.</summary>
internal sealed record TrainingRecord
{
    /// <summary>The job's name, from the idempotency key.</summary>
    public required string Name { get; init; }

    /// <summary>The key itself.</summary>
    public required string Key { get; init; }

    /// <summary>What is trained.</summary>
    public required TrainingJob Job { get; init; }

    /// <summary>The profile as it was when the job was submitted: later changes do not change what it costs.</summary>
    public required TrainingProfile Profile { get; init; }

    /// <summary>When it was submitted first.</summary>
    public required DateTimeOffset SubmittedAt { get; init; }

    /// <summary>When its submission was sent, from then on there may be a job, whatever is heard; null before, and where the service refused it.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>The dataset's file at the service.</summary>
    public string? File { get; init; }

    /// <summary>The service's own id of the job; null while it has not been made.</summary>
    public string? ServiceJob { get; init; }

    /// <summary>Whether a cancellation was asked for.</summary>
    public bool IsCancelled { get; init; }

    /// <summary>When it was first seen on a machine.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it was first seen to have ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How long it has been on machines.</summary>
    public TimeSpan DurationAt(DateTimeOffset now) => StartedAt is { } started ? (EndedAt ?? now) - started : TimeSpan.Zero;

    /// <summary>What the machines have cost.</summary>
    public decimal CostAt(DateTimeOffset now) => Math.Round((decimal)DurationAt(now).TotalHours * Profile.PricePerHour * Profile.Instances, 6);
}
