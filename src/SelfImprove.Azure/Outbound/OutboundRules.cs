namespace SelfImprove.Azure.Outbound;

/// <summary>What one client may reach, and how much it takes in.</summary>
public sealed record OutboundRules
{
    /// <summary>The hosts it may send requests to, at least one; nothing else is looked up or connected to.</summary>
    public required IReadOnlyList<HostPattern> Hosts { get; init; }

    /// <summary>
    /// Whether these hosts may be on loopback or a private network, and be spoken to over plain http there. Plain http to an address of the internet,
    /// link-local and metadata addresses stay refused.
    /// </summary>
    public bool AllowPrivate { get; init; }

    /// <summary>The largest answer, in bytes.</summary>
    public long MaxResponseBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>How long one exchange may take, from sending to the answer's last byte.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The rules for exactly the host of an address.</summary>
    public static OutboundRules For(Uri address, bool allowPrivate = false) => new() { Hosts = [HostPattern.Of(address)], AllowPrivate = allowPrivate };
}
