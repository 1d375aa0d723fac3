using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using SelfImprove.Azure.Outbound;
using SelfImprove.Azure.Secrets;
using SelfImprove.Azure.Settings;

namespace SelfImprove.Azure.Models;

/// <summary>
/// The section <c>models</c> of the host's configuration:
/// <code>
/// "models": { "endpoints": { "main": {
///     "url": "https://example.openai.azure.com/openai/v1/", "auth": "entra",
///     "prices": { "gpt-4.1": { "input": 2, "cachedInput": 0.5, "output": 8 } },
///     "limits": { "concurrency": 8, "timeout": "00:10:00" } } } }
/// </code>
/// An online endpoint of Azure Machine Learning, which chooses the version's deployment by a header and takes tokens of its own scope:
/// <code>
/// "ml-helpdesk": { "url": "https://si-helpdesk.eastus2.inference.ml.azure.com/v1/", "auth": "entra", "scope": "https://ml.azure.com/.default",
///                  "deploymentHeader": "azureml-model-deployment" }
/// </code>
/// </summary>
public sealed partial record ModelSettings
{
    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(1);

    /// <summary>The endpoints, by name.</summary>
    public IReadOnlyDictionary<string, ModelEndpointSettings> Endpoints { get; init; } = new Dictionary<string, ModelEndpointSettings>();

    /// <summary>The hosts that Entra ID tokens may be sent to. Setting <c>entra:hosts</c>; Azure's own by default.</summary>
    public IReadOnlyList<HostPattern> EntraHosts { get; init; } = [.. AzureHosts.Select(Pattern)];

    /// <summary>The client id of the user-assigned identity that asks for tokens; null for the host's own. Setting <c>entra:clientId</c>.</summary>
    public string? EntraClientId { get; init; }

    /// <summary>The hosts of Azure's model endpoints.</summary>
    public static IReadOnlyList<string> AzureHosts { get; } =
        ["*.openai.azure.com", "*.cognitiveservices.azure.com", "*.services.ai.azure.com", "*.models.ai.azure.com", "*.inference.ml.azure.com"];

    /// <summary>Reads the section, and checks it against the secrets.</summary>
    public static ModelSettings Read(IConfiguration configuration, SecretBook secrets, ICollection<string> mistakes)
    {
        var root = new SettingsReader(configuration.GetSection("models"), mistakes);
        var settings = new ModelSettings();
        var entra = root.Section("entra");
        settings = settings with { EntraClientId = entra.Text("clientId") };
        if (entra.List("hosts") is { Count: > 0 } hosts)
        {
            foreach (var host in hosts.Where(h => !HostPattern.TryParse(h, out _)))
                entra.Wrong("hosts", $"'{host}' is no host pattern such as example.openai.azure.com or *.openai.azure.com");
            settings = settings with { EntraHosts = [.. hosts.Where(h => HostPattern.TryParse(h, out _)).Select(Pattern)] };
        }
        entra.Finish();
        var endpoints = new Dictionary<string, ModelEndpointSettings>(StringComparer.Ordinal);
        foreach (var reader in root.Section("endpoints").Sections())
            if (Endpoint(reader, settings, secrets) is { } endpoint) endpoints[endpoint.Name] = endpoint;
        root.Finish();
        return settings with { Endpoints = endpoints };
    }

    private static ModelEndpointSettings? Endpoint(SettingsReader reader, ModelSettings settings, SecretBook secrets)
    {
        if (!NameForm().IsMatch(reader.Name)) reader.Wrong("", $"'{reader.Name}' is no name of an endpoint: lower-case letters, digits and dashes, at most 63");
        var url = reader.Url("url", mayBePlain: true, isNeeded: true);
        EndpointAuth? auth = reader.Word("auth", null, "entra", "api-key", "bearer", "none") switch
        {
            "entra" => EndpointAuth.Entra,
            "api-key" => EndpointAuth.ApiKey,
            "bearer" => EndpointAuth.Bearer,
            "none" => EndpointAuth.None,
            _ => null,
        };
        var secret = reader.Text("secret");
        var scope = reader.Text("scope");
        var header = reader.Text("deploymentHeader");
        var allowPrivate = reader.Flag("allowPrivate");
        CheckAuth(reader, url, auth, secret, settings, secrets);
        CheckScope(reader, auth, scope);
        if (header is not null && !HeaderForm().IsMatch(header))
            reader.Wrong("deploymentHeader", "is no header that may be set: letters, digits and dashes, and none that carries keys or the message itself; "
                + "online endpoints of Azure Machine Learning read azureml-model-deployment");
        if (url is { Scheme: "http" } && !allowPrivate)
            reader.Wrong("url", "plain http is only for servers on this machine or a private network, with 'allowPrivate: true'; use https");
        var models = reader.List("models");
        var prices = Prices(reader.Section("prices"));
        var confidence = reader.Flag("confidence");
        var limits = Limits(reader.Section("limits"));
        reader.Finish();
        return url is null || auth is null ? null : new ModelEndpointSettings
        {
            Name = reader.Name,
            Url = url,
            Auth = auth.Value,
            Scope = scope ?? ModelEndpointSettings.DefaultScope,
            DeploymentHeader = header,
            Secret = secret,
            AllowPrivate = allowPrivate,
            Models = models,
            Prices = prices,
            Confidence = confidence,
            Limits = limits,
        };
    }

    private static void CheckAuth(SettingsReader reader, Uri? url, EndpointAuth? auth, string? secret, ModelSettings settings, SecretBook secrets)
    {
        if (auth is EndpointAuth.ApiKey or EndpointAuth.Bearer)
        {
            if (secret is null) reader.Wrong("secret", "is missing: the name of a secret listed in the section 'secrets'");
            else if (url is not null && secrets.Problem(secret, url) is { } problem) reader.Wrong("secret", problem);
        }
        else if (secret is not null && auth is not null) reader.Wrong("secret", "is not used with this 'auth'; with a key, set auth to api-key or bearer");
        if (auth != EndpointAuth.Entra || url is null) return;
        if (url.Scheme != Uri.UriSchemeHttps) reader.Wrong("url", "Entra ID tokens are sent over https only");
        if (!settings.EntraHosts.Any(h => h.Matches(url)))
            reader.Wrong("url", $"Entra ID tokens are not sent to {url.Authority}, but to {string.Join(", ", settings.EntraHosts)}. "
                + "If it is meant, list the host under models:entra:hosts");
    }

    private static void CheckScope(SettingsReader reader, EndpointAuth? auth, string? scope)
    {
        if (scope is null || auth is null) return;
        if (auth != EndpointAuth.Entra) reader.Wrong("scope", "is not used with this 'auth'; tokens are asked for with auth entra");
        else if (!ModelEndpointSettings.Scopes.Contains(scope, StringComparer.Ordinal))
            reader.Wrong("scope", $"'{scope}' is none of the scopes that model endpoints need: {string.Join(", ", ModelEndpointSettings.Scopes)}");
    }

    private static Dictionary<string, ModelPrice> Prices(SettingsReader reader)
    {
        var prices = new Dictionary<string, ModelPrice>(StringComparer.Ordinal);
        foreach (var price in reader.Sections())
        {
            var (input, output, cached) = (price.Amount("input"), price.Amount("output"), price.Amount("cachedInput"));
            if (input is null) price.Wrong("input", "is missing: USD per million tokens read");
            if (output is null) price.Wrong("output", "is missing: USD per million tokens written");
            price.Finish();
            prices[price.Name] = new ModelPrice(input ?? 0, output ?? 0, cached);
        }
        return prices;
    }

    private static EndpointLimits Limits(SettingsReader reader)
    {
        var otherwise = new EndpointLimits();
        var limits = new EndpointLimits
        {
            Concurrency = reader.Number("concurrency", otherwise.Concurrency, 1, 1000),
            MaxConcurrency = reader.Number("maxConcurrency", otherwise.MaxConcurrency, 1, 1000),
            Attempts = reader.Number("attempts", otherwise.Attempts, 1, 20),
            AttemptTimeout = reader.Span("attemptTimeout", otherwise.AttemptTimeout, ShortestTimeout, LongestTimeout),
            IdleTimeout = reader.Span("idleTimeout", otherwise.IdleTimeout, ShortestTimeout, LongestTimeout),
            Timeout = reader.Span("timeout", otherwise.Timeout, ShortestTimeout, LongestTimeout),
            MaxResponseBytes = reader.Number("maxResponseBytes", otherwise.MaxResponseBytes, 1024, 256 * 1024 * 1024),
        };
        if (limits.Concurrency > limits.MaxConcurrency) reader.Wrong("concurrency", $"{limits.Concurrency} is more than maxConcurrency, {limits.MaxConcurrency}");
        if (limits.AttemptTimeout > limits.Timeout) reader.Wrong("attemptTimeout", $"{limits.AttemptTimeout} is longer than timeout, {limits.Timeout}");
        reader.Finish();
        return limits;
    }

    private static HostPattern Pattern(string text) => HostPattern.TryParse(text, out var pattern) ? pattern! : throw new ArgumentException($"'{text}' is no host pattern.");

    // Keys, identity and framing are not for a setting to overwrite.
    [GeneratedRegex(@"^(?!(?:authorization|api-key|cookie|host|connection|upgrade|te|trailer|expect|user-agent|accept|range|(?:content|transfer|proxy|x-forwarded|x-ms)(?:-.*)?)\z)[a-z][a-z0-9-]{0,62}\z",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex HeaderForm();

    [GeneratedRegex("^[a-z0-9-]{1,63}$", RegexOptions.CultureInvariant)]
    private static partial Regex NameForm();
}
