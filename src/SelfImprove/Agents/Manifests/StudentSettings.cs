using System.ComponentModel.DataAnnotations;

namespace SelfImprove.Agents.Manifests;

/// <summary>What is trained, and how.</summary>
public sealed record StudentSettings
{
    /// <summary>The training target: <c>builtin</c>, or one that the host adds.</summary>
    [RegularExpression("[a-z0-9-]{1,63}")]
    public string Trainer { get; init; } = "builtin";

    /// <summary>The training profile, by a name that the host approves; null for the trainer's default.</summary>
    [RegularExpression("[a-z0-9-]{1,63}")]
    public string? Profile { get; init; }

    /// <summary>How training is tuned, where the profile lets manifests choose.</summary>
    public HyperparameterSettings Hyperparameters { get; init; } = new();

    /// <summary>The seed of training: same rows, same seed, same model.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>How long a training job may take before it is cancelled.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan Deadline { get; init; } = TimeSpan.FromHours(24);

    /// <summary>What a training job costs besides data, in USD: a prior for the planner, until jobs report theirs.</summary>
    [Range(0, 1e9)]
    public decimal TrainingPrice { get; init; }
}
