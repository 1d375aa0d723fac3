namespace SelfImprove.Agents.Manifests;

/// <summary>What is trained, and how.</summary>
public sealed record StudentSettings
{
    /// <summary>The training target: <c>builtin</c>, or one that the host adds.</summary>
    public string Trainer { get; init; } = "builtin";

    /// <summary>The training profile, by a name that the host approves; null for the trainer's default.</summary>
    public string? Profile { get; init; }

    /// <summary>The seed of training: same rows, same seed, same model.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>How long a training job may take before it is cancelled.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromHours(24);

    /// <summary>What a training job costs besides data, in USD: a prior for the planner, until jobs report theirs.</summary>
    public decimal TrainingPrice { get; init; }
}
