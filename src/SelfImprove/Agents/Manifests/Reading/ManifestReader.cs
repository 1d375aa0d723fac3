using System.Text;
using System.Text.Json;
using SelfImprove.Orchestration;

namespace SelfImprove.Agents.Manifests.Reading;

/// <summary>Reads manifests, YAML or JSON, and reports all that is wrong at once. Never throws on any text.</summary>
public static class ManifestReader
{
    /// <summary>The longest text, in bytes of UTF-8.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>The deepest nesting.</summary>
    public const int MaxDepth = 32;

    /// <summary>Reads a manifest.</summary>
    /// <param name="text">The text.</param>
    /// <param name="fileName">Its file's name: <c>.json</c> or <c>.yaml</c>/<c>.yml</c> tell the format; otherwise the first character does.</param>
    public static ManifestReading Parse(string text, string fileName = "")
    {
        ArgumentNullException.ThrowIfNull(text);
        var size = Encoding.UTF8.GetByteCount(text);
        if (size > MaxBytes) return Unreadable(new ManifestMistake("", $"{size:N0} bytes", $"at most {MaxBytes:N0}", null));
        try
        {
            text = WellFormed.Text(text);
            return Check(IsJson(text, fileName) ? JsonSource.Read(text) : YamlSource.Read(text));
        }
        catch (UnreadableException e)
        {
            return Unreadable(e.Mistake);
        }
    }

    /// <summary>Checks a manifest made in code by the same rules.</summary>
    public static ManifestReading Check(AgentManifest manifest) => Parse(JsonSerializer.Serialize(manifest, SeamJson.Indented), ".json");

    private static ManifestReading Check(SourceNode root)
    {
        var mistakes = new MistakeList();
        new SecretScan(mistakes).Scan(root, "");
        var node = new TypedReading(mistakes).Read(root, typeof(AgentManifest), "");
        var manifest = node.Deserialize<AgentManifest>(SeamJson.Options)!;
        ManifestRules.Check(manifest, mistakes);
        return new ManifestReading(mistakes.Mistakes.Count == 0 ? manifest : null, mistakes.Mistakes, mistakes.Warnings);
    }

    private static bool IsJson(string text, string fileName) => Path.GetExtension(fileName).ToLowerInvariant() switch
    {
        ".json" => true,
        ".yaml" or ".yml" => false,
        _ => text.AsSpan().TrimStart() is ['{', ..],
    };

    private static ManifestReading Unreadable(ManifestMistake mistake) => new(null, [mistake], []);
}
