namespace SelfImprove.Agents.Manifests.Reading;

/// <summary>What a value is in the text.</summary>
internal enum SourceKind
{
    Map,
    List,
    /// <summary>Text in quotes (in YAML: a block as well).</summary>
    Text,
    /// <summary>YAML without quotes: a number, a truth, nothing or a text, as the place where it stands wants it.</summary>
    Plain,
    /// <summary>Of JSON: a number.</summary>
    Number,
    /// <summary>Of JSON: true or false.</summary>
    Truth,
    Nothing,
}

/// <summary>A value of a manifest's text, YAML or JSON, with the line where it starts.</summary>
internal sealed class SourceNode(SourceKind kind, int line, string text = "")
{
    public SourceKind Kind { get; } = kind;

    public int Line { get; } = line;

    public string Text { get; } = text;

    public List<SourceEntry> Entries { get; } = [];

    public List<SourceNode> Items { get; } = [];

    public bool IsNothing => Kind == SourceKind.Nothing || (Kind == SourceKind.Plain && Text is "" or "~" or "null" or "Null" or "NULL");

    public bool IsScalar => Kind is not (SourceKind.Map or SourceKind.List);

    /// <summary>For a message; bounded, and silent about what looks like a secret.</summary>
    public string Shown => Kind switch
    {
        SourceKind.Map => "a group of keys",
        SourceKind.List => $"a list of {Items.Count}",
        _ when IsNothing => "nothing",
        _ when SecretShapes.Find(Text) is not null => "a text that is not shown",
        SourceKind.Text => $"the text \"{Short(Text)}\"",
        _ => Short(Text),
    };

    public static string Short(string text) => text.Length <= 60 ? text : text[..60] + "…";
}

/// <summary>A key with its value.</summary>
internal sealed record SourceEntry(string Key, int Line, SourceNode Value);

/// <summary>The text can't be read at all: one mistake, and no more can be found.</summary>
internal sealed class UnreadableException(string found, string expected, int? line) : Exception(found)
{
    public ManifestMistake Mistake { get; } = new("", found, expected, line);
}
