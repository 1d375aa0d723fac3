using Microsoft.Extensions.Configuration;
using SelfImprove.Azure.Settings;

namespace SelfImprove.Azure.Outbound;

/// <summary>The section <c>outbound</c> of the host's configuration: what holds for every outgoing request.</summary>
public sealed record OutboundSettings
{
    /// <summary>How long opening a connection may take. Setting <c>connectTimeout</c>.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Hosts that may be on a private network whatever client reaches for them: services behind private endpoints, say. Setting <c>allowPrivate</c>, a
    /// list of host patterns.
    /// </summary>
    public IReadOnlyList<HostPattern> AllowPrivate { get; init; } = [];

    /// <summary>Reads the section.</summary>
    public static OutboundSettings Read(IConfiguration configuration, ICollection<string> mistakes)
    {
        var reader = new SettingsReader(configuration.GetSection("outbound"), mistakes);
        var hosts = new List<HostPattern>();
        foreach (var text in reader.List("allowPrivate"))
        {
            if (HostPattern.TryParse(text, out var pattern)) hosts.Add(pattern!);
            else reader.Wrong("allowPrivate", $"'{text}' is no host pattern such as db.example.com, *.example.com or localhost:8000");
        }
        var settings = new OutboundSettings { ConnectTimeout = reader.Span("connectTimeout", TimeSpan.FromSeconds(15), TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1)), AllowPrivate = hosts };
        reader.Finish();
        return settings;
    }
}
