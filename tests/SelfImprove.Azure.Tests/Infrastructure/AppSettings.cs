using System.Text.RegularExpressions;

namespace SelfImprove.Azure.Tests.Infrastructure;

/// <summary>
/// The settings of the function app as a deployment writes them: the expressions of the Bicep files, with parameters at their defaults (or as given), and what only
/// Azure knows (names, ids, endpoints) in the form in which Azure gives it.
/// </summary>
internal sealed partial class AppSettings
{
    private static readonly Dictionary<string, string> OfAzure = new()
    {
        ["identity.bicep:app.properties.clientId"] = "aaaaaaaa-bbbb-4ccc-8ddd-000000000001",
        ["identity.bicep:training.properties.clientId"] = "aaaaaaaa-bbbb-4ccc-8ddd-000000000002",
        ["openai.bicep:name"] = "oai-q3fz6w2xk7abc",
        ["openai.bicep:account.name"] = "oai-q3fz6w2xk7abc",
        ["ml.bicep:workspace.id"] = Workspace,
        ["ml.bicep:workspace.name"] = "mlw-q3fz6w2xk7abc",
        ["ml.bicep:environmentImage.id"] = Workspace + "/environments/selfimprove-training/versions/17",
        ["ml.bicep:cluster.name"] = "gpu",
        ["ml.bicep:makeCluster"] = "true",
        ["storage.bicep:account.properties.primaryEndpoints.blob"] = "https://stq3fz6w2xk7abc.blob.core.windows.net/",
        ["main.bicep:subscription().subscriptionId"] = Subscription,
        ["main.bicep:group.name"] = "rg-dev",
        ["main.bicep:tenant().tenantId"] = "7b0ad2f0-0000-4000-8000-000000000001",
        ["main.bicep:location"] = "eastus2",
        ["api.bicep:identityClientId"] = "aaaaaaaa-bbbb-4ccc-8ddd-000000000001",
        ["api.bicep:storageBlobEndpoint"] = "https://stq3fz6w2xk7abc.blob.core.windows.net/",
        ["api.bicep:applicationInsightsConnectionString"] = "InstrumentationKey=aaaaaaaa-bbbb-4ccc-8ddd-000000000003;IngestionEndpoint=https://eastus2-3.in.applicationinsights.azure.com/",
        ["api.bicep:schedulerEndpoint"] = "https://dts-q3fz6w2xk7abc.eastus2.durabletask.io",
        ["api.bicep:hubName"] = "hubq3fz6w2xk7abc",
    };

    private const string Subscription = "11111111-2222-3333-4444-555555555555";
    private const string Workspace = $"/subscriptions/{Subscription}/resourceGroups/rg-dev/providers/Microsoft.MachineLearningServices/workspaces/mlw-q3fz6w2xk7abc";

    private readonly IReadOnlyList<BicepFile> _files;
    private readonly IReadOnlyDictionary<string, string> _parameters;

    private AppSettings(IReadOnlyList<BicepFile> files, IReadOnlyDictionary<string, string> parameters) => (_files, _parameters) = (files, parameters);

    /// <summary>The settings, by the paths that the host reads.</summary>
    /// <param name="sections">The variables of main.bicep and api.bicep that hold them.</param>
    /// <param name="parameters">Parameters that are not at their defaults.</param>
    public static async Task<Dictionary<string, string?>> OfAsync(IEnumerable<(string File, string Variable)> sections, params (string Name, string Value)[] parameters)
    {
        var settings = new AppSettings(await BicepFile.AllAsync(), parameters.ToDictionary(p => p.Name, p => p.Value));
        return sections.SelectMany(s => settings.File(s.File).Objects[s.Variable].Select(o => (s.File, o.Key, Expression: o.Value)))
            .ToDictionary(s => s.Key.Replace("__", ":", StringComparison.Ordinal), s => (string?)settings.Value(settings.File(s.File), s.Expression));
    }

    private BicepFile File(string name) => _files.Single(f => f.Name == name);

    private string Value(BicepFile file, string expression)
    {
        expression = expression.Trim();
        if (OfAzure.TryGetValue($"{file.Name}:{expression}", out var given)) return given;
        if (Conditional().Match(expression) is { Success: true } choice)
            return Value(file, Value(file, choice.Groups[1].Value) == "true" ? choice.Groups[2].Value : choice.Groups[3].Value);
        if (expression.StartsWith('\'')) return Placeholder().Replace(expression[1..^1], m => Value(file, m.Groups[1].Value));
        if (expression.StartsWith("string(", StringComparison.Ordinal)) return Value(file, expression["string(".Length..^1]);
        if (Output().Match(expression) is { Success: true } output)
        {
            var module = file.Modules.Single(m => m.Name == output.Groups[1].Value);
            var from = File(Path.GetFileName(module.Path.Trim('\'')));
            return Value(from, from.Outputs.Single(o => o.Name == output.Groups[2].Value).Value);
        }
        if (_parameters.TryGetValue(expression, out var set)) return set;
        if (file.Params.FirstOrDefault(p => p.Name == expression) is { Default: { } otherwise }) return otherwise.StartsWith('\'') ? Value(file, otherwise) : otherwise;
        if (Regex.Match(file.Text, $@"^var {Regex.Escape(expression)} = (.+)$", RegexOptions.Multiline) is { Success: true } variable) return Value(file, variable.Groups[1].Value);
        throw new InvalidOperationException($"{file.Name}: the test does not know what '{expression}' is.");
    }

    [GeneratedRegex(@"^(\w+) \? (.+?) : (.+)$")]
    private static partial Regex Conditional();

    [GeneratedRegex(@"\$\{([^}]+)\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"^(\w+)\.outputs\.(\w+)$")]
    private static partial Regex Output();
}
