namespace SelfImprove.Training;

/// <summary>What a trainer knows of a job.</summary>
public sealed record TrainingStatus
{
    /// <summary>Where it stands.</summary>
    public required TrainingState State { get; init; }

    /// <summary>Of a job that succeeded: the model's reference.</summary>
    public string? Model { get; init; }

    /// <summary>SHA-256 of the model's bytes, where the runtime keeps them.</summary>
    public string? ContentHash { get; init; }

    /// <summary>What the trainer measured: rows, classes, loss.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <summary>Where a person finds more, by name: <c>studio</c>, <c>output</c>.</summary>
    public IReadOnlyDictionary<string, string> Links { get; init; } = new Dictionary<string, string>();

    /// <summary>What it has cost so far, in USD.</summary>
    public decimal CostUsd { get; init; }

    /// <summary>How long it ran, in seconds.</summary>
    public double DurationSeconds { get; init; }

    /// <summary>Of a job that failed: why, and what to do.</summary>
    public string? Reason { get; init; }

    /// <summary>Of a job that failed: whether another attempt may succeed.</summary>
    public bool IsTransient { get; init; }

    /// <summary>Whether nothing will change any more.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool HasEnded => State is TrainingState.Succeeded or TrainingState.Failed or TrainingState.Canceled;
}
