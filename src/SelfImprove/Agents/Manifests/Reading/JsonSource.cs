using System.Text;
using System.Text.Json;

namespace SelfImprove.Agents.Manifests.Reading;

/// <summary>Reads JSON with the line of every value.</summary>
internal ref struct JsonSource
{
    private readonly ReadOnlySpan<byte> _bytes;
    private Utf8JsonReader _reader;
    private int _line = 1;
    private int _counted;

    private JsonSource(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;
        _reader = new Utf8JsonReader(bytes,
            new JsonReaderOptions { MaxDepth = ManifestReader.MaxDepth, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
    }

    public static SourceNode Read(string text)
    {
        try
        {
            var source = new JsonSource(Encoding.UTF8.GetBytes(text));
            source._reader.Read();
            var root = source.ReadNode();
            source._reader.Read();
            return root;
        }
        catch (JsonException e)
        {
            throw new UnreadableException($"text that is not JSON ({e.Message})", "valid JSON", (int?)e.LineNumber + 1);
        }
    }

    private SourceNode ReadNode()
    {
        var line = Line();
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var map = new SourceNode(SourceKind.Map, line);
                while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
                {
                    var (key, at) = (Text(), Line());
                    _reader.Read();
                    map.Entries.Add(new SourceEntry(key, at, ReadNode()));
                }
                return map;
            case JsonTokenType.StartArray:
                var list = new SourceNode(SourceKind.List, line);
                while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray) list.Items.Add(ReadNode());
                return list;
            case JsonTokenType.String: return new SourceNode(SourceKind.Text, line, Text());
            case JsonTokenType.Number: return new SourceNode(SourceKind.Number, line, Encoding.UTF8.GetString(_reader.ValueSpan));
            case JsonTokenType.True: return new SourceNode(SourceKind.Truth, line, "true");
            case JsonTokenType.False: return new SourceNode(SourceKind.Truth, line, "false");
            default: return new SourceNode(SourceKind.Nothing, line);
        }
    }

    private string Text()
    {
        try
        {
            return _reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new UnreadableException("a text with half a surrogate pair", "whole Unicode characters", Line());
        }
    }

    private int Line()
    {
        var at = (int)_reader.TokenStartIndex;
        if (at > _counted)
        {
            _line += _bytes[_counted..at].Count((byte)'\n');
            _counted = at;
        }
        return _line;
    }
}
