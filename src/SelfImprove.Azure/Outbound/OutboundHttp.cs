using System.ClientModel.Primitives;
using System.Net;
using Azure.Core.Pipeline;

namespace SelfImprove.Azure.Outbound;

/// <summary>
/// Makes every client through which the host reaches other machines. They send to the hosts of their rules only; addresses are checked when connecting;
/// redirects are not followed, cookies not kept, the surroundings' proxies not used, answers not decompressed, and trace ids not given away.
/// </summary>
public sealed class OutboundHttp
{
    private readonly OutboundSettings _settings;
    private readonly TimeProvider _clock;
    private readonly HostLookup _lookup;

    /// <summary>Creates it.</summary>
    /// <param name="settings">What holds for every request.</param>
    /// <param name="clock">Measures the time that answers take.</param>
    /// <param name="lookup">Resolves names; the system's resolver where null.</param>
    public OutboundHttp(OutboundSettings settings, TimeProvider clock, HostLookup? lookup = null) =>
        (_settings, _clock, _lookup) = (settings, clock, lookup ?? ((host, stop) => Dns.GetHostAddressesAsync(host, stop)));

    /// <summary>A message handler; the caller owns it, and keeps it for as long as it talks to these hosts.</summary>
    public HttpMessageHandler CreateHandler(OutboundRules rules) => new OutboundHandler(rules, _settings, _clock, new SocketsHttpHandler
    {
        ConnectCallback = new GuardedConnection(rules, _settings, _lookup).ConnectAsync,
        ConnectTimeout = _settings.ConnectTimeout,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5), // names move
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        MaxResponseHeadersLength = 64,
        MaxResponseDrainSize = 0,
        AutomaticDecompression = DecompressionMethods.None,
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        PreAuthenticate = false,
        ActivityHeadersPropagator = null,
    });

    /// <summary>A client; the caller owns it. Time is bounded by the rules.</summary>
    public HttpClient CreateClient(OutboundRules rules) => new(CreateHandler(rules)) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>A transport for the clients of Azure.Core: Azure Resource Manager, Blob Storage.</summary>
    public HttpPipelineTransport CreateAzureTransport(OutboundRules rules) => new HttpClientTransport(CreateClient(rules));

    /// <summary>A transport for the clients of System.ClientModel: the OpenAI SDK.</summary>
    public PipelineTransport CreateTransport(OutboundRules rules) => new HttpClientPipelineTransport(CreateClient(rules));
}
