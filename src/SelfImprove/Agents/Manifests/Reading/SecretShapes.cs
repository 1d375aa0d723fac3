using System.Text.RegularExpressions;

namespace SelfImprove.Agents.Manifests.Reading;

/// <summary>Texts that look like credentials: they have no place in a manifest, which is kept, audited and shown.</summary>
internal static partial class SecretShapes
{
    public const string Expected = "no secrets here: they live in the host's configuration, and a manifest names them at most";

    private static readonly string[] Names = ["apikey", "secret", "password", "passwd", "token", "credential", "credentials", "accesskey", "accountkey", "connectionstring"];

    /// <summary>What the text looks like; null where it looks harmless.</summary>
    public static string? Find(string text)
    {
        if (text.Length < 16) return null;
        if (ApiKey().IsMatch(text)) return "what looks like an API key";
        if (StorageKey().IsMatch(text)) return "what looks like a storage key or signature";
        if (Bearer().IsMatch(text)) return "what looks like a bearer token";
        if (text.Contains("PRIVATE KEY-----", StringComparison.Ordinal)) return "what looks like a private key";
        foreach (var match in LongWord().EnumerateMatches(text))
            if (IsRandom(text.AsSpan(match.Index, match.Length))) return "what looks like a long token";
        return null;
    }

    /// <summary>Whether a key's name says that its value is a secret.</summary>
    public static bool IsSecretName(string key) => Names.Contains(key.Replace("_", "").Replace("-", "").ToLowerInvariant());

    // Words keep to one kind of character for a while; in random base64 more than half of the neighbours differ in kind.
    private static bool IsRandom(ReadOnlySpan<char> word)
    {
        var (changes, digits, last) = (0, 0, '\0');
        foreach (var c in word)
        {
            var kind = char.IsAsciiLetterUpper(c) ? 'A' : char.IsAsciiLetterLower(c) ? 'a' : char.IsAsciiDigit(c) ? '0' : last;
            if (kind == '0') digits++;
            if (last != '\0' && kind != last) changes++;
            last = kind;
        }
        return digits >= 3 && changes > 0.4 * word.Length;
    }

    [GeneratedRegex(@"\b(sk|pk|rk)-[A-Za-z0-9_-]{16,}|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{20,}|\bxox[abprs]-[A-Za-z0-9-]{10,}|\bAIza[0-9A-Za-z_-]{30,}", RegexOptions.CultureInvariant)]
    private static partial Regex ApiKey();

    [GeneratedRegex(@"(AccountKey|SharedAccessKey|SharedAccessSignature|Password|Pwd)\s*=\s*[^\s;]{4,}|[?&]sig=[A-Za-z0-9%+/=]{16,}", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex StorageKey();

    [GeneratedRegex(@"\bBearer\s+[A-Za-z0-9._~+/=-]{16,}|\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Bearer();

    [GeneratedRegex(@"[A-Za-z0-9+/_=-]{40,}", RegexOptions.CultureInvariant)]
    private static partial Regex LongWord();
}
