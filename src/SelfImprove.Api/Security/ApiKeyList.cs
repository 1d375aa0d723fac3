using System.Security.Cryptography;
using System.Text;

namespace SelfImprove.Api.Security;

/// <summary>API keys as hashes that are known at the start: of a host's settings.</summary>
public sealed class ApiKeyList : IApiKeys
{
    private const int MaxKey = 128;
    private readonly (byte[] Hash, ApiCaller Caller)[] _callers;

    /// <summary>Of keys.</summary>
    public ApiKeyList(IEnumerable<ApiKey> keys) =>
        _callers = [.. keys.Select(k => (Convert.FromHexString(k.Sha256), new ApiCaller(k.Name, k.Roles.Aggregate(ApiRoles.None, (a, b) => a | b))))];

    /// <inheritdoc/>
    public bool Any => _callers.Length > 0;

    /// <inheritdoc/>
    public ApiCaller? Find(ReadOnlySpan<char> key)
    {
        Span<byte> text = stackalloc byte[MaxKey * 2];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        if (key.Length > MaxKey || !Encoding.UTF8.TryGetBytes(key, text, out var length)) return null;
        SHA256.HashData(text[..length], hash);
        ApiCaller? found = null;
        foreach (var (known, caller) in _callers)
            if (CryptographicOperations.FixedTimeEquals(known, hash)) found = caller;
        return found;
    }
}
