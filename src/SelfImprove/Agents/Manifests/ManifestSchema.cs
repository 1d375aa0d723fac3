using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using SelfImprove.Agents.Manifests.Reading;
using SelfImprove.Models;
using SelfImprove.Orchestration;

namespace SelfImprove.Agents.Manifests;

/// <summary>The manifest's JSON schema (draft 2020-12), made from its records: for editors, which complete and check while one writes.</summary>
public static partial class ManifestSchema
{
    private const string Duration = "^(P.+|[0-9].*)$";
    private static readonly JsonSerializerOptions Strict = new(SeamJson.Options) { NumberHandling = JsonNumberHandling.Strict };

    /// <summary>Makes the schema.</summary>
    /// <param name="documentation">The product's XML documentation (<c>SelfImprove.xml</c>, beside its assembly): where descriptions come from; null
    /// for none.</param>
    public static string Generate(XDocument? documentation = null)
    {
        var summaries = Summaries(documentation);
        var options = new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = (context, node) => Transform(context, node, summaries) };
        var schema = JsonSchemaExporter.GetJsonSchemaAsNode(Strict, typeof(AgentManifest), options).AsObject();
        // The exporter passes over members that may hold any JSON. There is one: a tool's parameters, a schema itself.
        schema["properties"]!["task"]!["properties"]!["tools"]!["items"]!["properties"]!["parameters"] =
            Described(new JsonObject { ["type"] = new JsonArray("object", "null") }, summaries,
                $"P:{typeof(ToolDefinition).FullName}.{nameof(ToolDefinition.Parameters)}");
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", "SelfImprove agent manifest");
        return schema.ToJsonString(SeamJson.Indented) + "\n";
    }

    private static JsonNode Transform(JsonSchemaExporterContext context, JsonNode node, Dictionary<string, string> summaries)
    {
        if (node is not JsonObject schema) return node;
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        if (type == typeof(TimeSpan))
        {
            schema["pattern"] = Duration;
            schema["$comment"] = DurationText.Expected;
        }
        if (context.TypeInfo.Kind == System.Text.Json.Serialization.Metadata.JsonTypeInfoKind.Object && context.TypeInfo.Type != typeof(JsonElement))
            schema["additionalProperties"] = false;
        var owner = context.PropertyInfo?.DeclaringType;
        if (context.PropertyInfo is not { AttributeProvider: { } provider } || owner is null)
            return Described(schema, summaries, $"T:{context.TypeInfo.Type.FullName}");
        foreach (var attribute in provider.GetCustomAttributes(typeof(ValidationAttribute), true).Cast<ValidationAttribute>()) Annotate(schema, attribute, type);
        if (Default(owner, context.PropertyInfo.Name) is { } value) schema["default"] = value;
        var name = ((System.Reflection.MemberInfo)provider).Name;
        return Described(schema, summaries, $"P:{owner.FullName}.{name}");
    }

    private static void Annotate(JsonObject schema, ValidationAttribute attribute, Type type)
    {
        var target = RecordShape.ItemOf(type) is not null && attribute is not MinLengthAttribute && schema["items"] is JsonObject items ? items : schema;
        switch (attribute)
        {
            case RangeAttribute { OperandType: var operand } range when operand != typeof(TimeSpan):
                target[range.MinimumIsExclusive ? "exclusiveMinimum" : "minimum"] = Annotations.Number(range.Minimum);
                target[range.MaximumIsExclusive ? "exclusiveMaximum" : "maximum"] = Annotations.Number(range.Maximum);
                break;
            case RegularExpressionAttribute pattern: target["pattern"] = $"^(?:{pattern.Pattern})$"; break;
            case MaxLengthAttribute longest: target["maxLength"] = longest.Length; break;
            case MinLengthAttribute least: target["minItems"] = least.Length; break;
            case AllowedValuesAttribute allowed: target["enum"] = new JsonArray([.. allowed.Values.Select(v => JsonValue.Create((string)v!))]); break;
        }
    }

    private static JsonNode? Default(Type owner, string name)
    {
        if (owner == typeof(ToolDefinition)) return null;
        // By reflection "required" does not bite: what the initialisers give is the default.
        var fresh = JsonSerializer.SerializeToNode(Activator.CreateInstance(owner), owner, SeamJson.Options)!.AsObject();
        return RecordShape.Of(owner).Members.First(m => m.Name == name).IsRequired || fresh[name] is not (JsonValue or JsonArray) ? null : fresh[name]!.DeepClone();
    }

    private static JsonObject Described(JsonObject schema, Dictionary<string, string> summaries, string member)
    {
        if (summaries.TryGetValue(member, out var summary)) schema.Insert(0, "description", summary);
        return schema;
    }

    private static Dictionary<string, string> Summaries(XDocument? documentation)
    {
        var summaries = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in documentation?.Descendants("member") ?? [])
        {
            var name = (string)member.Attribute("name")!;
            if (member.Element("summary") is { } summary) summaries[name] = Words(summary);
            // A positional record's members are documented as its parameters.
            foreach (var parameter in member.Elements("param")) summaries[$"P:{name[2..]}.{(string?)parameter.Attribute("name")}"] = Words(parameter);
        }
        return summaries;
    }

    private static string Words(XElement element)
    {
        foreach (var see in element.Descendants("see").ToList()) see.ReplaceWith(((string?)see.Attribute("cref") ?? "").Split('.', ':')[^1]);
        return Blanks().Replace(element.Value, " ").Trim();
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
