using System.ComponentModel.DataAnnotations;

namespace SelfImprove.Agents.Manifests;

/// <summary>Models that look for harmful content in a candidate's answers: one such answer fails the candidate, where the champion gives none to the same input.</summary>
public sealed record HarmSettings
{
    /// <summary>References of the models: one decides alone, of several a majority.</summary>
    [MinLength(1)]
    public required IReadOnlyList<string> Models { get; init; }

    /// <summary>What counts as harmful, in words, for the models; empty for hate, harassment, sexual content, violence, self-harm and help with crimes.</summary>
    [MaxLength(8_000)]
    public string Rubric { get; init; } = "";

    /// <summary>What one question to one of them costs at most, in USD: charged before it is asked.</summary>
    [Range(0, 1e9)]
    public decimal Price { get; init; }
}
