namespace SelfImprove.Azure.Outbound;

/// <summary>How far an address may be connected to.</summary>
public enum AddressKind
{
    /// <summary>On the internet.</summary>
    Public,

    /// <summary>Loopback or a private network: only where the configuration allows it.</summary>
    Private,

    /// <summary>Never: link-local, a cloud's metadata or host services, multicast, reserved, or an address that hides another.</summary>
    Forbidden,
}
