using System.Text.RegularExpressions;

namespace SelfImprove.Azure.Storage;

/// <summary>
/// Where the Blob store is, and how it is authorised: by a shared key (the emulator; accounts that allow keys), otherwise by Entra ID. Prints
/// without its key.
/// </summary>
public sealed partial class BlobStoreSettings
{
    /// <summary>What a setting for Blob Storage starts with.</summary>
    public const string Scheme = "azure:";

    /// <summary>The container where none is named.</summary>
    public const string DefaultContainer = "selfimprove";

    internal const string Forms =
        "Expected one of: azure:UseDevelopmentStorage=true (Azurite), azure:https://ACCOUNT.blob.core.windows.net/CONTAINER (Entra ID), "
        + "azure:env:NAME (a connection string in the environment variable NAME); ';Container=NAME' may follow a connection string.";

    private const string EmulatorAccount = "devstoreaccount1";

    // The emulator's published key: everybody has it, so it is no secret.
    private const string EmulatorKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private const string EmulatorEndpoint = "http://127.0.0.1:10000/" + EmulatorAccount;

    // Entra tokens are sent to these and nowhere else: a token that another host receives can be used by it.
    private static readonly string[] TrustedSuffixes =
        [".blob.core.windows.net", ".blob.core.usgovcloudapi.net", ".blob.core.chinacloudapi.cn", ".blob.storage.azure.net"];

    private static readonly HashSet<string> KnownKeys = new(StringComparer.OrdinalIgnoreCase)
    {
        "UseDevelopmentStorage", "DefaultEndpointsProtocol", "AccountName", "AccountKey", "EndpointSuffix", "BlobEndpoint", "Container",
        "QueueEndpoint", "TableEndpoint", "FileEndpoint", "DfsEndpoint", "WebEndpoint",
    };

    private BlobStoreSettings(Uri endpoint, string container, string account, byte[]? key, string source) =>
        (Endpoint, Container, Account, Key, Source) = (endpoint, container, account, key, source);

    /// <summary>The account's Blob endpoint, without a slash at the end; with the account's name as its path for an emulator.</summary>
    public Uri Endpoint { get; }

    /// <summary>The container; made where missing.</summary>
    public string Container { get; }

    /// <summary>The account's name.</summary>
    public string Account { get; }

    /// <summary>Whether requests are signed with the account's key; otherwise they carry an Entra ID token.</summary>
    public bool UsesKey => Key is not null;

    internal byte[]? Key { get; }

    /// <summary>Where the key comes from, for messages.</summary>
    internal string Source { get; }

    /// <summary>Reads a setting.</summary>
    /// <param name="setting">One of the forms: <c>azure:UseDevelopmentStorage=true</c>, <c>azure:https://ACCOUNT.blob.core.windows.net/CONTAINER</c>,
    /// <c>azure:env:NAME</c>. It may stand on a command line or in a file, so it must hold no secret.</param>
    /// <param name="environment">Reads an environment variable; its value may be a whole connection string, with a key.</param>
    /// <exception cref="BlobStoreSettingsException">It is wrong; all mistakes are listed.</exception>
    public static BlobStoreSettings Parse(string setting, Func<string, string?> environment)
    {
        var (text, source, mayHoldSecret) = (setting.StartsWith(Scheme, StringComparison.Ordinal) ? setting[Scheme.Length..] : setting, "the setting", false);
        if (text.StartsWith("env:", StringComparison.Ordinal))
        {
            var name = text["env:".Length..];
            if (name.Length == 0) throw new BlobStoreSettingsException(["'azure:env:' needs the name of an environment variable."]);
            text = environment(name) ?? "";
            if (text.Trim().Length == 0) throw new BlobStoreSettingsException([$"The environment variable {name} is not set."]);
            (source, mayHoldSecret) = ($"the environment variable {name}", true);
        }
        text = text.Trim();
        var mistakes = new List<string>();
        var read = IsUrl(text) ? FromUrl(text, source, mistakes) : FromPairs(text, source, mayHoldSecret, mistakes);
        return mistakes.Count == 0 ? read! : throw new BlobStoreSettingsException(mistakes);
    }

    /// <summary>Endpoint and container; never the key.</summary>
    public override string ToString() => $"{Endpoint.AbsoluteUri.TrimEnd('/')}/{Container}";

    private static bool IsUrl(string text) =>
        text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("http://", StringComparison.OrdinalIgnoreCase);

    private static BlobStoreSettings? FromUrl(string text, string source, List<string> mistakes)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url))
        {
            mistakes.Add("The address is no URL.");
            return null;
        }
        if (url.Query.Length > 0) mistakes.Add("The address has a query; a shared access signature is a secret and not supported: Entra ID is used with an address.");
        if (url.UserInfo.Length > 0) mistakes.Add("The address has a user name in it.");
        var segments = url.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (segments.Length > 1) mistakes.Add($"The address has the path '{url.AbsolutePath}'; expected the container's name alone.");
        var container = segments.Length > 0 ? segments[^1] : DefaultContainer;
        CheckContainer(container, mistakes);
        var endpoint = new Uri(url.GetLeftPart(UriPartial.Authority));
        CheckTrusted(endpoint, mistakes);
        return new BlobStoreSettings(endpoint, container, endpoint.Host.Split('.')[0], null, source);
    }

    private static BlobStoreSettings? FromPairs(string text, string source, bool mayHoldSecret, List<string> mistakes)
    {
        var pairs = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? part : part[..equals].TrimEnd();
            if (equals < 0) mistakes.Add("A part of it has no '=': a connection string is NAME=VALUE;NAME=VALUE.");
            else if (name.Equals("SharedAccessSignature", StringComparison.OrdinalIgnoreCase)) mistakes.Add("SharedAccessSignature is not supported: use AccountKey, or Entra ID.");
            else if (!KnownKeys.Contains(name)) mistakes.Add($"'{name}' is not known in a connection string.");
            else if (!pairs.TryAdd(name, part[(equals + 1)..].Trim())) mistakes.Add($"{name} is given twice.");
        }
        if (pairs.Count == 0 && mistakes.Count == 0) mistakes.Add("It is empty.");

        var emulator = pairs.TryGetValue("UseDevelopmentStorage", out var use);
        if (emulator && !use!.Equals("true", StringComparison.OrdinalIgnoreCase)) mistakes.Add("UseDevelopmentStorage can only be 'true'.");
        if (emulator && (pairs.ContainsKey("AccountKey") || pairs.ContainsKey("AccountName")))
            mistakes.Add("UseDevelopmentStorage has the emulator's account and key: leave AccountName and AccountKey out.");
        var container = pairs.GetValueOrDefault("Container", DefaultContainer);
        CheckContainer(container, mistakes);
        var key = emulator ? Convert.FromBase64String(EmulatorKey) : ReadKey(pairs, mayHoldSecret, mistakes);
        var account = emulator ? EmulatorAccount : pairs.GetValueOrDefault("AccountName");
        if (account is not null && !AccountName().IsMatch(account)) mistakes.Add("AccountName must be 3 to 24 of a-z and 0-9.");
        var endpoint = ReadEndpoint(pairs, emulator, account, mistakes);
        if (key is not null && account is null) mistakes.Add("AccountKey needs AccountName.");
        if (key is null && endpoint is not null && !pairs.ContainsKey("AccountKey")) CheckTrusted(endpoint, mistakes);
        return mistakes.Count > 0 || endpoint is null ? null : new BlobStoreSettings(endpoint, container, account ?? endpoint.Host.Split('.')[0], key, source);
    }

    private static byte[]? ReadKey(Dictionary<string, string> pairs, bool mayHoldSecret, List<string> mistakes)
    {
        if (!pairs.TryGetValue("AccountKey", out var text)) return null;
        if (!mayHoldSecret)
            mistakes.Add("AccountKey is a secret, and others can read command lines: put the connection string into an environment variable and give azure:env:NAME.");
        var key = new byte[text.Length];
        if (text.Length > 0 && Convert.TryFromBase64String(text, key, out var length)) return key[..length];
        mistakes.Add("AccountKey is no base64.");
        return null;
    }

    private static Uri? ReadEndpoint(Dictionary<string, string> pairs, bool emulator, string? account, List<string> mistakes)
    {
        if (pairs.TryGetValue("BlobEndpoint", out var given))
        {
            if (Uri.TryCreate(given.TrimEnd('/'), UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Query.Length == 0) return url;
            mistakes.Add("BlobEndpoint is no http or https address (without a query).");
            return null;
        }
        if (emulator) return new Uri(EmulatorEndpoint);
        if (account is null)
        {
            if (pairs.Count > 0) mistakes.Add("It names no account: expected AccountName, or BlobEndpoint.");
            return null;
        }
        var protocol = pairs.GetValueOrDefault("DefaultEndpointsProtocol", "https");
        if (protocol is not ("http" or "https")) mistakes.Add("DefaultEndpointsProtocol must be 'https' or 'http'.");
        return Uri.TryCreate($"{protocol}://{account}.blob.{pairs.GetValueOrDefault("EndpointSuffix", "core.windows.net")}", UriKind.Absolute, out var made) ? made : null;
    }

    private static void CheckTrusted(Uri endpoint, List<string> mistakes)
    {
        if (endpoint.Scheme != Uri.UriSchemeHttps) mistakes.Add("Entra ID tokens are sent over https only.");
        if (!TrustedSuffixes.Any(s => endpoint.Host.EndsWith(s, StringComparison.OrdinalIgnoreCase)))
            mistakes.Add($"'{endpoint.Host}' is no host of Azure Blob Storage, and Entra ID tokens go nowhere else: expected ACCOUNT{string.Join(" or ACCOUNT", TrustedSuffixes)}.");
    }

    private static void CheckContainer(string container, List<string> mistakes)
    {
        if (!ContainerName().IsMatch(container))
            mistakes.Add($"'{container}' can't be a container's name: expected 3 to 63 of a-z, 0-9 and single '-', none of them first or last.");
    }

    [GeneratedRegex(@"\A(?=.{3,63}\z)[a-z0-9]+(-[a-z0-9]+)*\z")]
    private static partial Regex ContainerName();

    [GeneratedRegex(@"\A[a-z0-9]{3,24}\z")]
    private static partial Regex AccountName();
}
