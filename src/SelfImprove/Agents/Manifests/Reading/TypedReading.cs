using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SelfImprove.Orchestration;

namespace SelfImprove.Agents.Manifests.Reading;

/// <summary>
/// Turns a text's tree into JSON of a record's form, guided by the record's type and its annotations. Where something is wrong it says
/// so and puts a stand-in, so that the rest can be checked too.
/// </summary>
internal sealed class TypedReading(MistakeList mistakes)
{
    public JsonNode Read(SourceNode source, Type type, string path)
    {
        mistakes.At(path, source.Line);
        var shape = RecordShape.Of(type);
        var entries = Entries(source, shape, path);
        var result = new JsonObject();
        foreach (var member in shape.Members)
        {
            var at = Join(path, member.Name);
            if (!entries.TryGetValue(member.Name, out var entry) || entry.Value.IsNothing)
            {
                if (!member.IsRequired) continue;
                if (!mistakes.IsBroken(path)) mistakes.Add(at, "nothing", $"{Describe(member.Type)}: it is required", entry?.Line ?? source.Line);
                result[member.Name] = StandIn(member.Type, at);
                continue;
            }
            mistakes.At(at, entry.Line);
            if (ReadValue(entry.Value, member.Type, member.Attributes, at) is { } value) result[member.Name] = value;
            else if (member.IsRequired) result[member.Name] = StandIn(member.Type, at);
        }
        return result;
    }

    private Dictionary<string, SourceEntry> Entries(SourceNode source, RecordShape shape, string path)
    {
        var entries = new Dictionary<string, SourceEntry>(StringComparer.Ordinal);
        if (source.Kind != SourceKind.Map)
        {
            mistakes.Add(path, source.Shown, $"a group of keys: {string.Join(", ", shape.Members.Select(m => m.Name))}", source.Line);
            return entries;
        }
        foreach (var entry in source.Entries)
        {
            var at = Join(path, SourceNode.Short(entry.Key));
            if (SecretShapes.Find(entry.Key) is not null || (mistakes.IsBroken(at) && !shape.Has(entry.Key))) continue;
            if (!shape.Has(entry.Key))
                mistakes.Add(at, "an unknown key", $"one of {string.Join(", ", shape.Members.Select(m => m.Name))}"
                    + $"{NearestName.Hint(entry.Key, shape.Members.Select(m => m.Name))}", entry.Line);
            else if (!entries.TryAdd(entry.Key, entry))
                mistakes.Add(at, "the key for a second time", "each key once", entry.Line);
        }
        return entries;
    }

    private JsonNode? ReadValue(SourceNode source, Type declared, IReadOnlyList<ValidationAttribute> attributes, string path)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (RecordShape.ItemOf(type) is { } item) return ReadList(source, item, attributes, path);
        if (type == typeof(JsonElement)) return Untyped(source, path);
        if (RecordShape.IsRecord(type)) return Read(source, type, path);
        return ReadScalar(source, type, attributes, path);
    }

    private JsonArray? ReadList(SourceNode source, Type item, IReadOnlyList<ValidationAttribute> attributes, string path)
    {
        if (source.Kind != SourceKind.List)
        {
            mistakes.Add(path, source.Shown, $"a list, each item {Describe(item)}", source.Line);
            return null;
        }
        if (attributes.OfType<MinLengthAttribute>().FirstOrDefault() is { } least && source.Items.Count < least.Length)
            mistakes.Add(path, source.Shown, $"a list of at least {least.Length}", source.Line);
        var list = new JsonArray();
        for (var i = 0; i < source.Items.Count; i++)
        {
            var at = $"{path}[{i}]";
            mistakes.At(at, source.Items[i].Line);
            list.Add(ReadValue(source.Items[i], item, attributes, at) ?? StandIn(item, at));
        }
        return list;
    }

    private JsonNode? ReadScalar(SourceNode source, Type type, IReadOnlyList<ValidationAttribute> attributes, string path)
    {
        var value = source.IsScalar ? Value(source, type) : null;
        if (value is null)
        {
            if (!mistakes.IsBroken(path)) mistakes.Add(path, source.Shown, Wanted(source, type), source.Line);
            return null;
        }
        foreach (var attribute in attributes)
        {
            if (Annotations.Refusal(attribute, value) is { } expected && !mistakes.IsBroken(path))
                mistakes.Add(path, source.Shown, expected, source.Line);
        }
        return JsonSerializer.SerializeToNode(value, type, SeamJson.Options);
    }

    private static object? Value(SourceNode source, Type type)
    {
        var text = source.Text;
        var quoted = source.Kind == SourceKind.Text;
        if (type == typeof(string)) return quoted || source.Kind == SourceKind.Plain ? text : null;
        if (type.IsEnum)
            return Enum.GetValues(type).Cast<object>().FirstOrDefault(v => JsonNamingPolicy.CamelCase.ConvertName(v.ToString()!) == text);
        if (type == typeof(TimeSpan)) return DurationText.Parse(text);
        if (quoted) return null;
        if (type == typeof(bool)) return text switch { "true" or "True" or "TRUE" => true, "false" or "False" or "FALSE" => false, _ => null };
        if (type == typeof(int)) return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole : null;
        if (type == typeof(decimal)) return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var money) ? money : null;
        if (type == typeof(double))
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
        throw new NotSupportedException($"A manifest can't hold a {type}.");
    }

    private JsonNode? Untyped(SourceNode source, string path)
    {
        switch (source.Kind)
        {
            case SourceKind.Map:
                var map = new JsonObject();
                foreach (var entry in source.Entries)
                {
                    if (!map.TryAdd(entry.Key, Untyped(entry.Value, Join(path, entry.Key))))
                        mistakes.Add(path, $"the key {SourceNode.Short(entry.Key)} for a second time", "each key once", entry.Line);
                }
                return map;
            case SourceKind.List:
                return new JsonArray([.. source.Items.Select((item, i) => Untyped(item, $"{path}[{i}]"))]);
            case SourceKind.Text: return JsonValue.Create(source.Text);
            case var _ when source.IsNothing: return null;
            default:
                if (Value(source, typeof(bool)) is bool truth) return JsonValue.Create(truth);
                if (source.Text.Length <= 20 && long.TryParse(source.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
                    return JsonValue.Create(whole);
                return Value(source, typeof(double)) is double number ? JsonValue.Create(number) : JsonValue.Create(source.Text);
        }
    }

    private JsonNode StandIn(Type declared, string path)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (RecordShape.ItemOf(type) is not null) return new JsonArray();
        if (!RecordShape.IsRecord(type))
            return type == typeof(string) ? "" : JsonSerializer.SerializeToNode(Activator.CreateInstance(type), type, SeamJson.Options)!;
        // What stands in for a missing group is not itself reported as incomplete: the group is.
        var silent = new MistakeList();
        silent.Add("", "", "");
        return new TypedReading(silent).Read(new SourceNode(SourceKind.Map, 0), type, path);
    }

    private static string Wanted(SourceNode source, Type type) =>
        Describe(type) + (type.IsEnum && source.IsScalar ? NearestName.Hint(source.Text, Enum.GetNames(type).Select(JsonNamingPolicy.CamelCase.ConvertName)) : "")
        + (source.Kind == SourceKind.Text && type != typeof(string) && !type.IsEnum && type != typeof(TimeSpan) ? ", without quotes" : "");

    private static string Describe(Type declared)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (type == typeof(string)) return "a text";
        if (type == typeof(bool)) return "true or false";
        if (type == typeof(int)) return "a whole number";
        if (type == typeof(double) || type == typeof(decimal)) return "a number";
        if (type == typeof(TimeSpan)) return DurationText.Expected;
        if (type.IsEnum) return $"one of {string.Join(", ", Enum.GetNames(type).Select(JsonNamingPolicy.CamelCase.ConvertName))}";
        return RecordShape.ItemOf(type) is not null ? "a list" : "a group of keys";
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
