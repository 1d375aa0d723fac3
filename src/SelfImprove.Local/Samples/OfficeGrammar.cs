using System.Text.Json;
using System.Text.Json.Nodes;

namespace SelfImprove.Local.Samples;

/// <summary>The grammar of the office requests, read from the embedded files in <c>Samples/Grammar</c>.</summary>
public sealed class OfficeGrammar
{
    private readonly List<OfficeTool> _tools = [];
    private readonly List<OfficeTemplate> _templates = [];
    private readonly Dictionary<string, OfficeSlot> _slots = new(StringComparer.Ordinal);

    private OfficeGrammar()
    {
    }

    /// <summary>The tools, in the order of the files.</summary>
    public IReadOnlyList<OfficeTool> Tools => _tools;

    /// <summary>All templates of both halves.</summary>
    public IReadOnlyList<OfficeTemplate> Templates => _templates;

    /// <summary>The slots by name.</summary>
    public IReadOnlyDictionary<string, OfficeSlot> Slots => _slots;

    /// <summary>Reads the embedded grammar.</summary>
    public static OfficeGrammar Load()
    {
        var grammar = new OfficeGrammar();
        var assembly = typeof(OfficeGrammar).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.Contains(".Samples.Grammar.", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            grammar.Read(name, reader);
        }

        return grammar;
    }

    private void Read(string file, TextReader reader)
    {
        var (number, tool, slot, about, half) = (0, "", "", "", "");
        for (string? line; (line = reader.ReadLine()) is not null;)
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
                continue;
            var (word, rest) = line.IndexOf(' ') is var at and >= 0 ? (line[..at], line[(at + 1)..].Trim()) : (line, "");
            switch (word)
            {
                case "tool":
                    (tool, slot) = (rest, "");
                    break;
                case "slot":
                    (slot, tool) = (rest, "");
                    _slots.Add(slot, new OfficeSlot(slot, [], []));
                    break;
                case "about":
                    about = rest;
                    break;
                case "params":
                    _tools.Add(new OfficeTool(tool, about, Schema(rest)));
                    break;
                case "train" or "test" when slot.Length > 0:
                    var words = rest.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
                    _slots[slot] = word == "train" ? _slots[slot] with { Train = words } : _slots[slot] with { Test = words };
                    break;
                case "train" or "test":
                    half = word;
                    break;
                default:
                    Add(tool, half, word, rest, $"{file}, line {number}");
                    break;
            }
        }
    }

    private void Add(string tool, string half, string mark, string text, string place)
    {
        var style = mark switch
        {
            "d" => "order",
            "q" => "question",
            "s" => "situation",
            "t" => "note",
            _ => throw new FormatException($"{place}: '{mark}' is no style (d, q, s or t)."),
        };
        if (tool.Length == 0 || half.Length == 0 || text.Length == 0)
            throw new FormatException($"{place}: a template belongs below 'train' or 'test' of a tool.");
        var id = $"{tool}/{half}/{_templates.Count(template => template.Tool == tool && template.ForTest == (half == "test")) + 1}";
        _templates.Add(new OfficeTemplate(tool, style, text, half == "test", id));
    }

    /// <summary>A JSON schema from "name:type" pairs; "!" marks what is required, "[]" a list.</summary>
    private static JsonElement Schema(string parameters)
    {
        var properties = new JsonObject();
        var required = new JsonArray();
        foreach (var parameter in parameters.Split(' '))
        {
            var (name, type) = parameter.Split(':') is [var n, var t] ? (n, t) : throw new FormatException($"'{parameter}' is no parameter.");
            if (type.EndsWith('!'))
                required.Add(name);
            type = type.TrimEnd('!');
            properties.Add(name, type.EndsWith("[]", StringComparison.Ordinal) ? new JsonObject { ["type"] = "array", ["items"] = Type(type[..^2]) } : Type(type));
        }

        return JsonSerializer.SerializeToElement(new JsonObject
        {
            ["type"] = "object", ["properties"] = properties, ["required"] = required, ["additionalProperties"] = false,
        });
    }

    private static JsonObject Type(string type) =>
        type is "date" or "date-time" ? new JsonObject { ["type"] = "string", ["format"] = type } : new JsonObject { ["type"] = type };
}
