using System.Net;

namespace SelfImprove.Local.Hosting;

/// <summary>Where the host may listen: anywhere with API keys, without them on loopback alone.</summary>
public static class ListenAddresses
{
    /// <summary>Checks addresses separated by <c>;</c>, and gives them back.</summary>
    /// <exception cref="HostStartException">One is no address, or needs keys.</exception>
    public static string Checked(string urls, bool hasKeys)
    {
        var all = urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (all.Length == 0) throw new HostStartException("No address to listen on was given. Expected for example --urls http://localhost:5080");
        foreach (var url in all)
        {
            // '*' and '+' stand for every address, and are none that a Uri takes.
            var wild = url.Contains("://*", StringComparison.Ordinal) || url.Contains("://+", StringComparison.Ordinal);
            if (!Uri.TryCreate(wild ? url.Replace("://*", "://any", StringComparison.Ordinal).Replace("://+", "://any", StringComparison.Ordinal) : url, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttp)
                throw new HostStartException($"'{url}' is no address to listen on. Expected for example http://localhost:5080 (put TLS in front: a reverse proxy)");
            if (!hasKeys && (wild || !IsLoopback(uri)))
                throw new HostStartException($"{url} can be reached from other machines, and there are no API keys. Make one first: selfimprove keys add NAME --role ingest --role operate --role approve");
        }
        return urls;
    }

    private static bool IsLoopback(Uri uri) =>
        uri.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
