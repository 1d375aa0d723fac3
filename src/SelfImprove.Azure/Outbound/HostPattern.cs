using System.Globalization;

namespace SelfImprove.Azure.Outbound;

/// <summary>
/// Names hosts that may be reached or be sent a secret: <c>api.example.com</c>, every host below a name (<c>*.openai.azure.com</c>), either with
/// a port (<c>localhost:8000</c>). Without a port it stands for the scheme's own. Never matches by a part of a label.
/// </summary>
public sealed record HostPattern
{
    private readonly string _name;
    private readonly bool _below;
    private readonly int? _port;

    private HostPattern(string name, bool below, int? port) => (_name, _below, _port) = (name, below, port);

    /// <summary>The pattern for exactly the host and port of an address.</summary>
    public static HostPattern Of(Uri address) => new(Bare(address), false, address.Port);

    /// <summary>Reads a pattern.</summary>
    /// <returns>False where it is none: a scheme or path is there, the wildcard is not the whole first label, or it stands before a single label.</returns>
    public static bool TryParse(string text, out HostPattern? pattern)
    {
        pattern = null;
        var below = text.StartsWith("*.", StringComparison.Ordinal);
        var rest = below ? text[2..] : text;
        if (rest.Length == 0 || rest.Contains('*', StringComparison.Ordinal) || !Uri.TryCreate($"https://{rest}/", UriKind.Absolute, out var url)) return false;
        if (url is not { UserInfo: "", Query: "", Fragment: "", AbsolutePath: "/" } || rest.EndsWith('/')) return false;
        if (below && (url.HostNameType != UriHostNameType.Dns || !url.Host.Contains('.', StringComparison.Ordinal))) return false;
        int? port = null;
        var after = rest[(rest.LastIndexOf(']') + 1)..];
        if (after.LastIndexOf(':') is var colon and >= 0)
        {
            if (!int.TryParse(after[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;
            port = number;
        }
        pattern = new HostPattern(Bare(url), below, port);
        return true;
    }

    /// <summary>Whether the address's host and port are meant.</summary>
    public bool Matches(Uri address)
    {
        if (_port is { } port ? address.Port != port : !address.IsDefaultPort) return false;
        var host = Bare(address);
        return _below
            ? host.Length > _name.Length + 1 && host.EndsWith("." + _name, StringComparison.OrdinalIgnoreCase)
            : host.Equals(_name, StringComparison.OrdinalIgnoreCase);
    }

    /// <inheritdoc/>
    public override string ToString() => (_below ? "*." : "") + _name + (_port is { } port ? ":" + port.ToString(CultureInfo.InvariantCulture) : "");

    // A trailing dot names the same host.
    private static string Bare(Uri address) => address.IdnHost.TrimEnd('.');
}
