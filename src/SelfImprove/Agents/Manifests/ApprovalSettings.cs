using System.ComponentModel.DataAnnotations;

namespace SelfImprove.Agents.Manifests;

/// <summary>Which steps wait for a person. In mode <c>approve</c>, <see cref="Deploy"/> holds whatever is written here.</summary>
public sealed record ApprovalSettings
{
    /// <summary>Whether every plan waits.</summary>
    public bool Plan { get; init; }

    /// <summary>Plans that cost more than this, in USD, wait; null for none.</summary>
    [Range(0, 1e9)]
    public decimal? SpendOver { get; init; }

    /// <summary>Whether promotion waits (before traffic is split).</summary>
    public bool Deploy { get; init; }

    /// <summary>How long a gate waits before it counts as refused.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan Expiry { get; init; } = TimeSpan.FromDays(3);
}
