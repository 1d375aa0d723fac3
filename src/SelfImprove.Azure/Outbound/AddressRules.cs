using System.Net;
using System.Net.Sockets;

namespace SelfImprove.Azure.Outbound;

/// <summary>
/// Tells addresses of the internet from those that a request must not be lured to. After IANA's special-purpose address registries (RFC 6890 and its
/// updates), and the fixed addresses at which clouds hand out credentials.
/// </summary>
public static class AddressRules
{
    // Credentials and host services of Azure, AWS, Google and others; some lie within public or private ranges.
    private static readonly HashSet<IPAddress> CloudServices =
    [
        IPAddress.Parse("169.254.169.254"), IPAddress.Parse("168.63.129.16"), IPAddress.Parse("100.100.100.200"), IPAddress.Parse("192.0.0.192"),
        IPAddress.Parse("fd00:ec2::254"), IPAddress.Parse("fd00:ec2::23"), IPAddress.Parse("fd20:ce::254"),
    ];

    private static readonly IPNetwork[] Private =
    [
        .. Networks("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "100.64.0.0/10", "::1/128", "fc00::/7"),
    ];

    private static readonly IPNetwork[] Forbidden =
    [
        .. Networks("0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",
            "240.0.0.0/4"),
        .. Networks("::/128", "fe80::/10", "fec0::/10", "ff00::/8", "100::/64", "2001:db8::/32", "3fff::/20", "5f00::/16"),
        // They carry an IPv4 address of somebody's choice within (mapped, compatible, NAT64, 6to4, Teredo); mapped ones are unpacked before.
        .. Networks("::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/23"),
    ];

    /// <summary>The kind of an address.</summary>
    public static AddressKind KindOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily is not (AddressFamily.InterNetwork or AddressFamily.InterNetworkV6)) return AddressKind.Forbidden;
        var plain = address.AddressFamily == AddressFamily.InterNetworkV6 ? new IPAddress(address.GetAddressBytes()) : address; // without its zone
        if (CloudServices.Contains(plain)) return AddressKind.Forbidden;
        if (Array.Exists(Private, n => n.Contains(plain))) return AddressKind.Private;
        return Array.Exists(Forbidden, n => n.Contains(plain)) ? AddressKind.Forbidden : AddressKind.Public;
    }

    private static IEnumerable<IPNetwork> Networks(params IEnumerable<string> networks) => networks.Select(n => IPNetwork.Parse(n));
}
