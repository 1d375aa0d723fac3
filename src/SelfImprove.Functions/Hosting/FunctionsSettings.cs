using System.Globalization;
using Microsoft.Extensions.Configuration;
using SelfImprove.Api.Security;
using SelfImprove.Storage;

namespace SelfImprove.Functions.Hosting;

/// <summary>
/// The app's own settings, under <c>SelfImprove</c> (<c>SelfImprove__Store</c> and so on as environment variables), checked at the start: all mistakes are told at once.
/// </summary>
/// <param name="Store">Where everything is kept, as it was given.</param>
/// <param name="Keys">API keys, by their hashes.</param>
/// <param name="Entra">Whose Entra tokens are taken; null for nobody's.</param>
/// <param name="ExportsTelemetry">Whether traces and metrics go to Application Insights.</param>
public sealed record FunctionsSettings(string Store, IReadOnlyList<ApiKey> Keys, EntraSettings? Entra, bool ExportsTelemetry)
{
    /// <summary>The section's name.</summary>
    public const string Section = "SelfImprove";

    private const int HashLength = 64;
    private static readonly string[] Known = ["Store", "Keys", "Entra"];

    /// <summary>Reads and checks.</summary>
    /// <exception cref="FunctionsSettingsException">There are mistakes; all are listed.</exception>
    public static FunctionsSettings Read(IConfiguration configuration)
    {
        var mistakes = new List<string>();
        var section = configuration.GetSection(Section);
        foreach (var child in section.GetChildren())
            if (!Known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
                mistakes.Add($"{Named(child.Path)} is no setting; expected one of {string.Join(", ", Known)}.");
        var store = section["Store"];
        if (string.IsNullOrWhiteSpace(store))
            mistakes.Add("SelfImprove__Store is missing: expected azure:https://ACCOUNT.blob.core.windows.net/CONTAINER, or azure:UseDevelopmentStorage=true for Azurite.");
        var keys = ReadKeys(section.GetSection("Keys"), mistakes);
        var entra = EntraSettings.Read(section.GetSection("Entra"), mistakes);
        if (!section.GetSection("Keys").GetChildren().Any() && !section.GetSection("Entra").GetChildren().Any())
            mistakes.Add("Nobody could call the app: there is neither an API key (SelfImprove__Keys__0__Name, __Roles, __Sha256) nor a tenant (SelfImprove__Entra__TenantId, __Audience).");
        CheckEngine(configuration, mistakes);
        return mistakes.Count == 0
            ? new FunctionsSettings(store!.Trim(), keys, entra, !string.IsNullOrWhiteSpace(configuration["APPLICATIONINSIGHTS_CONNECTION_STRING"]))
            : throw new FunctionsSettingsException(mistakes);
    }

    /// <summary>A setting's name as an environment variable has it.</summary>
    internal static string Named(string path) => path.Replace(":", "__", StringComparison.Ordinal);

    private static List<ApiKey> ReadKeys(IConfigurationSection section, List<string> mistakes)
    {
        var keys = new List<ApiKey>();
        foreach (var key in section.GetChildren())
        {
            var (name, hash, at) = (key["Name"] ?? "", key["Sha256"]?.Trim().ToLowerInvariant() ?? "", Named(key.Path));
            if (!StoragePath.IsName(name)) mistakes.Add($"{at}__Name is '{name}': expected 1 to {StoragePath.MaxName} of a-z, 0-9 and '-'.");
            else if (keys.Any(k => k.Name == name)) mistakes.Add($"{at}__Name is '{name}', as an earlier key's: names tell callers apart.");
            if (hash.Length != HashLength || !hash.All(char.IsAsciiHexDigit))
                mistakes.Add($"{at}__Sha256 is not a SHA-256: expected {HashLength} hexadecimal digits, as of: printf %s \"$KEY\" | sha256sum. The key itself belongs to nobody's settings.");
            keys.Add(new ApiKey(name, ReadRoles(key, mistakes), hash, default));
        }
        return keys;
    }

    private static List<ApiRoles> ReadRoles(IConfigurationSection key, List<string> mistakes)
    {
        var roles = new List<ApiRoles>();
        foreach (var word in (key["Roles"] ?? "").Split([',', ';', ' '], StringSplitOptions.RemoveEmptyEntries))
        {
            if (Enum.TryParse<ApiRoles>(word, ignoreCase: true, out var role) && role is ApiRoles.Ingest or ApiRoles.Operate or ApiRoles.Approve) roles.Add(role);
            else mistakes.Add($"{Named(key.Path)}__Roles has '{word}': expected ingest, operate, approve, separated by commas.");
        }
        if (string.IsNullOrWhiteSpace(key["Roles"])) mistakes.Add($"{Named(key.Path)}__Roles is missing: expected one or more of ingest, operate, approve.");
        return roles;
    }

    // What host.json refers to: where it is missing, the host fails with a message that names neither.
    private static void CheckEngine(IConfiguration configuration, List<string> mistakes)
    {
        var storage = !string.IsNullOrWhiteSpace(configuration["AzureWebJobsStorage"]) || configuration.GetSection("AzureWebJobsStorage").GetChildren().Any();
        if (string.IsNullOrWhiteSpace(configuration["DURABLE_TASK_SCHEDULER_CONNECTION_STRING"]) && !storage)
            mistakes.Add("There is no engine: set DURABLE_TASK_SCHEDULER_CONNECTION_STRING (Durable Task Scheduler: host.json), or AzureWebJobsStorage (host.azurestorage.json in its place).");
        var hub = configuration["TASKHUB_NAME"] ?? "";
        if (hub.Length == 0) mistakes.Add("TASKHUB_NAME is missing: the name of the task hub, which host.json asks for.");
        else if (hub.Length > 45 || !hub.All(char.IsAsciiLetterOrDigit) || !char.IsAsciiLetter(hub[0]))
            mistakes.Add(string.Create(CultureInfo.InvariantCulture, $"TASKHUB_NAME is '{hub}': expected a letter, then letters and digits, at most 45."));
    }
}

/// <summary>Whose Entra tokens are taken.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Audiences">Who a token has to be for: one of these.</param>
public sealed record EntraSettings(Guid Tenant, IReadOnlyList<string> Audiences)
{
    /// <summary>Reads and checks; null where there is no such section.</summary>
    public static EntraSettings? Read(IConfigurationSection section, List<string> mistakes)
    {
        if (!section.GetChildren().Any()) return null;
        if (!Guid.TryParse(section["TenantId"], out var tenant))
            mistakes.Add($"{FunctionsSettings.Named(section.Path)}__TenantId is '{section["TenantId"]}': expected the tenant's id, a GUID.");
        var audiences = (section["Audience"] ?? "").Split([',', ';', ' '], StringSplitOptions.RemoveEmptyEntries);
        if (audiences.Length == 0)
            mistakes.Add($"{FunctionsSettings.Named(section.Path)}__Audience is missing: expected the API's application id, its api:// URI, or both, separated by commas.");
        return new EntraSettings(tenant, audiences);
    }
}

/// <summary>The settings have mistakes.</summary>
/// <param name="mistakes">All of them.</param>
public sealed class FunctionsSettingsException(IReadOnlyList<string> mistakes)
    : Exception($"The app can't start: {mistakes.Count} {(mistakes.Count == 1 ? "setting is" : "settings are")} wrong or missing.\n" + string.Join("\n", mistakes.Select(m => "- " + m)))
{
    /// <summary>What is wrong, one each.</summary>
    public IReadOnlyList<string> Mistakes { get; } = mistakes;
}
