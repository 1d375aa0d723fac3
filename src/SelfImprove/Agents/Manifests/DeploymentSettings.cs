using System.ComponentModel.DataAnnotations;

namespace SelfImprove.Agents.Manifests;

/// <summary>How a candidate reaches the traffic.</summary>
public sealed record DeploymentSettings
{
    /// <summary>The target that needs nothing done.</summary>
    public const string RouterTarget = "router";

    /// <summary>Where versions are brought to before they answer: <c>router</c> (they answer where they are), <c>azureml-endpoint</c>, <c>azure-openai</c>, or
    /// another one that the host has.</summary>
    [RegularExpression("[a-z0-9-]{1,63}")]
    public string Target { get; init; } = RouterTarget;

    /// <summary>The deployment profile, by a name that the host approves; null for the target's only one.</summary>
    [RegularExpression("[a-z0-9-]{1,63}")]
    public string? Profile { get; init; }

    /// <summary>How long a deployment may take until it answers; after that it has failed.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "2.00:00:00")]
    public TimeSpan ReadyWithin { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a replaced version's deployment is kept, for a roll-back.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan KeepFor { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The share of the endpoint's own traffic, in percent, that is copied to a challenger during the shadow stage, as a load test; 0 for none.</summary>
    [Range(0, 50)]
    public int MirrorPercent { get; init; }

    /// <summary>What a challenger's deployment costs a run, in USD: charged before it is made.</summary>
    [Range(0, 1e9)]
    public decimal Price { get; init; }

    /// <summary>What happens to the agent while a run is on.</summary>
    public WhileImproving WhileImproving { get; init; } = WhileImproving.Clone;

    /// <summary>Of <see cref="WhileImproving.Pause"/>: a version that serves meanwhile; null to answer 503.</summary>
    [RegularExpression("v[1-9][0-9]{0,8}")]
    public string? FallbackVersion { get; init; }

    /// <summary>The A/B test.</summary>
    public RolloutSettings Rollout { get; init; } = new();
}
