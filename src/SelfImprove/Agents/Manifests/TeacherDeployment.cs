using System.ComponentModel.DataAnnotations;

namespace SelfImprove.Agents.Manifests;

/// <summary>A teacher that a run deploys while it needs it, and removes afterwards.</summary>
public sealed record TeacherDeployment
{
    /// <summary>Where it is deployed: a profile, by a name that the host approves.</summary>
    [RegularExpression("[a-z0-9-]{1,63}")]
    public required string Profile { get; init; }

    /// <summary>The model's name at the service: <c>gpt-4.1</c>.</summary>
    [RegularExpression("[A-Za-z0-9._-]{1,64}")]
    public required string Model { get; init; }

    /// <summary>The model's version: <c>2025-04-14</c>.</summary>
    [RegularExpression("[A-Za-z0-9._-]{1,64}")]
    public required string Version { get; init; }

    /// <summary>The kind of deployment: <c>GlobalStandard</c>, <c>Standard</c>, <c>ProvisionedManaged</c>.</summary>
    [RegularExpression("[A-Za-z0-9]{1,64}")]
    public string Sku { get; init; } = "GlobalStandard";

    /// <summary>How much of it, in the service's units (thousands of tokens a minute for the standard kinds).</summary>
    [Range(1, 1_000_000)]
    public int Capacity { get; init; } = 10;

    /// <summary>How long it may take until it answers; after that the plan goes back to planning.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "2.00:00:00")]
    public TimeSpan ReadyWithin { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>What having it costs a run besides its answers, in USD: charged once a run, before it is made.</summary>
    [Range(0, 1e9)]
    public decimal Price { get; init; }
}
