using System.ComponentModel.DataAnnotations;

namespace SelfImprove.Agents.Manifests;

/// <summary>Models that compare a candidate's answers with the champion's. What they say counts only as far as they agree with people.</summary>
public sealed record JudgeSettings
{
    /// <summary>References of the models: one judges alone, several are a panel whose majority counts.</summary>
    [MinLength(1)]
    public required IReadOnlyList<string> Models { get; init; }

    /// <summary>What makes one answer better than another, in words, for the models; empty for what the agent's description tells.</summary>
    [MaxLength(8_000)]
    public string Rubric { get; init; } = "";

    /// <summary>What one question to one of them costs at most, in USD: charged before it is asked. Each pair is asked about twice, in both orders.</summary>
    [Range(0, 1e9)]
    public decimal Price { get; init; }

    /// <summary>The agreement with people that lets them decide: the lower end of Cohen's kappa's 95% interval is at least this, [0,1]. Below it they are only
    /// reported.</summary>
    [Range(0.0, 1.0)]
    public double LeastKappa { get; init; } = 0.4;

    /// <summary>With <c>evaluator: judge</c>: how many items of the validation set the labeller is asked about, so that agreement can be measured.</summary>
    [Range(30, 100_000)]
    public int AuditedItems { get; init; } = 100;
}
