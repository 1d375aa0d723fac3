using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;

namespace SelfImprove.Azure.Storage;

/// <summary>
/// Signs each attempt with the account's key: HMAC-SHA256 over verb, headers and resource, by Microsoft's "Authorize with Shared Key" for versions from
/// 2015-02-21 on. An emulator's path holds the account's name, which then stands twice in the resource.
/// </summary>
internal sealed class SharedKeyPolicy(string account, byte[] key, TimeProvider clock) : HttpPipelineSynchronousPolicy
{
    private static readonly string[] Signed =
        ["Content-Encoding", "Content-Language", "Content-Length", "Content-MD5", "Content-Type", "Date", "If-Modified-Since", "If-Match", "If-None-Match", "If-Unmodified-Since", "Range"];

    public override void OnSendingRequest(HttpMessage message)
    {
        var request = message.Request;
        request.Headers.SetValue("x-ms-date", clock.GetUtcNow().ToString("R", CultureInfo.InvariantCulture));
        // A request without content has no such header yet: its transport says 0, which is signed as nothing.
        if (request.Content is not null && request.Content.TryComputeLength(out var length))
            request.Headers.SetValue("Content-Length", length.ToString(CultureInfo.InvariantCulture));
        var signature = Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(TextToSign(request))));
        request.Headers.SetValue("Authorization", $"SharedKey {account}:{signature}");
    }

    private string TextToSign(Request request)
    {
        var text = new StringBuilder().Append(request.Method.Method).Append('\n');
        foreach (var name in Signed)
        {
            if (request.Headers.TryGetValue(name, out var value) && !(name == "Content-Length" && value == "0")) text.Append(value);
            text.Append('\n');
        }
        foreach (var header in request.Headers.Where(h => h.Name.StartsWith("x-ms-", StringComparison.OrdinalIgnoreCase))
            .Select(h => (Name: h.Name.ToLowerInvariant(), h.Value)).OrderBy(h => h.Name, StringComparer.Ordinal))
            text.Append(header.Name).Append(':').Append(header.Value.Trim()).Append('\n');
        var uri = request.Uri.ToUri();
        text.Append('/').Append(account).Append(uri.AbsolutePath);
        foreach (var (name, value) in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(Pair).OrderBy(p => p.Name, StringComparer.Ordinal))
            text.Append('\n').Append(name).Append(':').Append(value);
        return text.ToString();
    }

    private static (string Name, string Value) Pair(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (text.ToLowerInvariant(), "") : (text[..equals].ToLowerInvariant(), Uri.UnescapeDataString(text[(equals + 1)..]));
    }
}
