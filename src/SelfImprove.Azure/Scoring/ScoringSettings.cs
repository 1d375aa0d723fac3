using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using SelfImprove.Azure.Secrets;
using SelfImprove.Azure.Settings;

namespace SelfImprove.Azure.Scoring;

/// <summary>
/// The section <c>scoring</c> of the host's configuration, the services that manifests may name under <c>evaluation.http</c>:
/// <code>
/// "scoring": { "services": { "own": { "url": "https://scores.example.com/v1/", "auth": "bearer", "secret": "scores", "timeout": "00:02:00" } } }
/// </code>
/// </summary>
public sealed partial record ScoringSettings
{
    /// <summary>The services, by name.</summary>
    public IReadOnlyDictionary<string, ScoringServiceSettings> Services { get; init; } = new Dictionary<string, ScoringServiceSettings>();

    /// <summary>Reads the section, and checks it against the secrets.</summary>
    public static ScoringSettings Read(IConfiguration configuration, SecretBook secrets, ICollection<string> mistakes)
    {
        var root = new SettingsReader(configuration.GetSection("scoring"), mistakes);
        var services = new Dictionary<string, ScoringServiceSettings>(StringComparer.Ordinal);
        foreach (var reader in root.Section("services").Sections())
            if (Service(reader, secrets) is { } service) services[service.Name] = service;
        root.Finish();
        return new ScoringSettings { Services = services };
    }

    private static ScoringServiceSettings? Service(SettingsReader reader, SecretBook secrets)
    {
        if (!NameForm().IsMatch(reader.Name)) reader.Wrong("", $"'{reader.Name}' is no name of a service: lower-case letters, digits and dashes, at most 63");
        var (url, auth, secret, allowPrivate) = (
            reader.Url("url", mayBePlain: true, isNeeded: true), reader.Word("auth", null, "none", "bearer"), reader.Text("secret"), reader.Flag("allowPrivate"));
        if (auth == "bearer" && secret is null) reader.Wrong("secret", "is missing: the name of a secret listed in the section 'secrets'");
        if (auth == "bearer" && secret is not null && url is not null && secrets.Problem(secret, url) is { } problem) reader.Wrong("secret", problem);
        if (auth == "none" && secret is not null) reader.Wrong("secret", "is not used with this 'auth'; with a key, set auth to bearer");
        if (url is { Scheme: "http" } && !allowPrivate)
            reader.Wrong("url", "plain http is only for servers on this machine or a private network, with 'allowPrivate: true'; use https");
        var timeout = reader.Span("timeout", TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        reader.Finish();
        return url is null || auth is null ? null : new ScoringServiceSettings(reader.Name, url, secret, allowPrivate, timeout);
    }

    [GeneratedRegex("^[a-z0-9-]{1,63}$", RegexOptions.CultureInvariant)]
    private static partial Regex NameForm();
}

/// <summary>A scoring service.</summary>
/// <param name="Name">Its name in manifests.</param>
/// <param name="Url">Its base address; questions are posted to <c>score</c> below it.</param>
/// <param name="Secret">The name of the secret sent as a bearer token; null for none.</param>
/// <param name="AllowPrivate">Whether it may be on this machine or a private network.</param>
/// <param name="Timeout">How long one request may take.</param>
public sealed record ScoringServiceSettings(string Name, Uri Url, string? Secret, bool AllowPrivate, TimeSpan Timeout);
