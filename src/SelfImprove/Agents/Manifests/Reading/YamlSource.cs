using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace SelfImprove.Agents.Manifests.Reading;

/// <summary>Reads YAML event by event: without aliases, anchors and tags, so that a small text can't become a large document or another type.</summary>
internal sealed class YamlSource
{
    private readonly Parser _events;

    private YamlSource(string text) => _events = new Parser(new StringReader(text));

    public static SourceNode Read(string text)
    {
        try
        {
            return new YamlSource(text).ReadDocument();
        }
        catch (YamlException e)
        {
            throw new UnreadableException($"text that is not YAML ({e.Message})", "valid YAML", (int)Math.Clamp(e.Start.Line, 1, int.MaxValue));
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or IndexOutOfRangeException or FormatException or OverflowException)
        {
            // The parser answers some malformed texts so: an escape out of range, a version of many digits.
            throw new UnreadableException($"text that is not YAML ({e.Message})", "valid YAML", null);
        }
    }

    private SourceNode ReadDocument()
    {
        Next();
        if (Next() is not DocumentStart) return new SourceNode(SourceKind.Nothing, 1);
        var root = ReadNode(Next(), 0);
        Next();
        if (Next() is DocumentStart second) throw new UnreadableException("a second document", "one manifest in a file", Line(second));
        return root;
    }

    private SourceNode ReadNode(ParsingEvent at, int depth)
    {
        if (depth > ManifestReader.MaxDepth) throw new UnreadableException($"more than {ManifestReader.MaxDepth} levels", "a flatter document", Line(at));
        if (at is AnchorAlias) throw new UnreadableException("an alias (*name)", "the value itself: aliases are not allowed", Line(at));
        if (at is NodeEvent { Anchor.IsEmpty: false }) throw new UnreadableException("an anchor (&name)", "the value alone: anchors are not allowed", Line(at));
        if (at is NodeEvent { Tag: { IsEmpty: false, IsNonSpecific: false } })
            throw new UnreadableException("a tag (!name)", "the value alone: tags are not allowed", Line(at));
        switch (at)
        {
            case Scalar scalar:
                return new SourceNode(scalar.Style == ScalarStyle.Plain ? SourceKind.Plain : SourceKind.Text, Line(scalar), WellFormed.Text(scalar.Value));
            case SequenceStart:
                var list = new SourceNode(SourceKind.List, Line(at));
                for (var item = Next(); item is not SequenceEnd; item = Next()) list.Items.Add(ReadNode(item, depth + 1));
                return list;
            case MappingStart:
                var map = new SourceNode(SourceKind.Map, Line(at));
                for (var key = Next(); key is not MappingEnd; key = Next())
                {
                    var name = ReadNode(key, depth + 1);
                    if (!name.IsScalar) throw new UnreadableException("a key that is no text", "keys that are words", Line(key));
                    map.Entries.Add(new SourceEntry(name.Text, name.Line, ReadNode(Next(), depth + 1)));
                }
                return map;
            default:
                throw new UnreadableException("text that is not YAML", "valid YAML", Line(at));
        }
    }

    private ParsingEvent Next()
    {
        do
        {
            if (!_events.MoveNext()) throw new UnreadableException("an end in the middle", "valid YAML", null);
        }
        while (_events.Current is Comment);
        return _events.Current!;
    }

    private static int Line(ParsingEvent at) => (int)at.Start.Line;
}
