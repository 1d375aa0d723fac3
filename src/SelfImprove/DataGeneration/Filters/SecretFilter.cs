using System.Text.RegularExpressions;

namespace SelfImprove.DataGeneration.Filters;

/// <summary>Finds credentials: a model must never learn one, and a redacted one is no use as an example.</summary>
public static partial class SecretFilter
{
    /// <summary>Whether a text holds a private key, an access key or token of a well-known form, a connection string's key, or a stated password.</summary>
    public static bool Finds(string text) => Secret().IsMatch(text);

    [GeneratedRegex(
        """
        -----BEGIN[ ](?:[A-Z]+[ ])*PRIVATE[ ]KEY-----
        | \b(?:AKIA|ASIA)[0-9A-Z]{16}\b
        | \bgh[pousr]_[A-Za-z0-9]{30,}\b | \bgithub_pat_[A-Za-z0-9_]{30,}\b | \bglpat-[A-Za-z0-9_-]{18,}\b
        | \bsk-(?:[A-Za-z]+-)*[A-Za-z0-9_-]{20,}\b | \bsk_live_[A-Za-z0-9]{16,}\b
        | \bxox[abprs]-[A-Za-z0-9-]{10,} | \bAIza[0-9A-Za-z_-]{35}\b
        | \beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}
        | \b(?:AccountKey|SharedAccessKey)=[A-Za-z0-9+/]{20,}={0,2}
        | \bBearer[ ]+[A-Za-z0-9._~+/-]{24,}
        | \b(?:password|passwd|pwd|api[_-]?key|secret|token)["']?\s*(?:[:=]|\bis\b)\s*["']?(?=[^\s"']*\d)[^\s"']{8,}
        """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Secret();
}
