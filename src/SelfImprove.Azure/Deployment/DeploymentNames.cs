using System.Security.Cryptography;
using System.Text;

namespace SelfImprove.Azure.Deployment;

/// <summary>Names that Azure takes, always the same for the same thing: a repeated call finds what the first one made.</summary>
internal static class DeploymentNames
{
    /// <summary>Azure ML's limit for endpoints and deployments; 3 at least, a letter first.</summary>
    public const int MaxOnline = 32;

    /// <summary>Azure OpenAI's limit for deployments.</summary>
    public const int MaxOpenAi = 64;

    /// <summary>A version's deployment.</summary>
    public static string Of(string agent, string version, int max) => Fit($"{agent}-{version}", max);

    /// <summary>A name as it is where it fits; cut, with a hash that tells it from others, where it does not.</summary>
    public static string Fit(string name, int max)
    {
        if (name.Length <= max && char.IsAsciiLetter(name[0]) && char.IsAsciiLetterOrDigit(name[^1])) return name;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 5));
        var stem = name.Length <= max - hash.Length - 3 ? name : name[..(max - hash.Length - 3)];
        return $"a-{stem.Trim('-')}-{hash}".Replace("--", "-", StringComparison.Ordinal);
    }
}
