using System.ComponentModel.DataAnnotations;

namespace SelfImprove.Agents.Manifests;

/// <summary>How training is tuned. Each is the training profile's own where null, and may be set only where the profile lets manifests choose it.</summary>
public sealed record HyperparameterSettings
{
    /// <summary>Passes over the training rows.</summary>
    [Range(0.01, 100)]
    public double? Epochs { get; init; }

    /// <summary>The peak learning rate.</summary>
    [Range(1e-9, 1)]
    public double? LearningRate { get; init; }

    /// <summary>A factor on the learning rate that a fine-tuning service chooses by itself.</summary>
    [Range(1e-6, 1e6)]
    public double? LearningRateMultiplier { get; init; }

    /// <summary>Rows of one batch.</summary>
    [Range(1, 1024)]
    public int? BatchSize { get; init; }

    /// <summary>The rank of the adapters.</summary>
    [Range(1, 1024)]
    public int? LoraRank { get; init; }

    /// <summary>With preferences: how close to stay to the model that training starts from.</summary>
    [Range(1e-4, 100)]
    public double? Beta { get; init; }
}
