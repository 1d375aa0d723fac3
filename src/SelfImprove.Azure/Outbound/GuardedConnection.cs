using System.Net;
using System.Net.Sockets;

namespace SelfImprove.Azure.Outbound;

/// <summary>
/// Opens connections. The name is resolved here and the connection goes to the very address that was checked, so that a name which resolves to
/// something else a moment later gains nothing.
/// </summary>
internal sealed class GuardedConnection(OutboundRules rules, OutboundSettings settings, HostLookup lookup)
{
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var uri = context.InitialRequestMessage.RequestUri!;
        var allowPrivate = rules.AllowPrivate || settings.AllowPrivate.Any(p => p.Matches(uri));
        var addresses = await lookup(host, cancellationToken);
        if (addresses.Length == 0) throw new SocketException((int)SocketError.HostNotFound);
        // One address out of bounds spoils the name: what else would it be for.
        foreach (var address in addresses) Check(host, address, uri.Scheme == Uri.UriSchemeHttp, allowPrivate);
        Exception? last = null;
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, port), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (Exception e)
            {
                socket.Dispose();
                if (e is not SocketException) throw;
                last = e;
            }
        }
        throw last!;
    }

    private static void Check(string host, IPAddress address, bool plain, bool allowPrivate)
    {
        var named = address.ToString() == host.Trim('[', ']') ? $"The address {address}" : $"{host} resolves to {address}, which";
        switch (AddressRules.KindOf(address))
        {
            case AddressKind.Forbidden:
                throw new OutboundRefusedException($"{named} is a link-local, metadata or reserved address. Nothing is ever sent there.");
            case AddressKind.Private when !allowPrivate:
                throw new OutboundRefusedException(
                    $"{named} is on a private network or on this machine. "
                    + "If that is meant, allow it: 'allowPrivate: true' at the model endpoint, or the host under outbound:allowPrivate.");
            case AddressKind.Public when plain:
                throw new OutboundRefusedException($"{named} is on the internet, where plain http is refused. Use https.");
        }
    }
}
