namespace SelfImprove.Agents.Manifests;

/// <summary>Which steps wait for a person. In mode <c>approve</c>, <see cref="Deploy"/> holds whatever is written here.</summary>
public sealed record ApprovalSettings
{
    /// <summary>Whether every plan waits.</summary>
    public bool Plan { get; init; }

    /// <summary>Plans that cost more than this, in USD, wait; null for none.</summary>
    public decimal? SpendOver { get; init; }

    /// <summary>Whether promotion waits (before traffic is split).</summary>
    public bool Deploy { get; init; }

    /// <summary>How long a gate waits before it counts as refused.</summary>
    public TimeSpan Expiry { get; init; } = TimeSpan.FromDays(3);
}
