using System.Net;

namespace SelfImprove.Azure.Outbound;

/// <summary>Resolves a host's name to addresses: <see cref="Dns.GetHostAddressesAsync(string, CancellationToken)"/> in a real host.</summary>
/// <param name="host">The name, or an address as text.</param>
/// <param name="cancellationToken">Cancels.</param>
public delegate Task<IPAddress[]> HostLookup(string host, CancellationToken cancellationToken);
