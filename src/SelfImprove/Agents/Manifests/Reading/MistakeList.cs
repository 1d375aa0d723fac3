namespace SelfImprove.Agents.Manifests.Reading;

/// <summary>Collects mistakes. A rule says nothing of a place that is wrong already: its value there is only a stand-in.</summary>
internal sealed class MistakeList
{
    private readonly Dictionary<string, int> _lines = new(StringComparer.Ordinal);
    private readonly HashSet<string> _broken = new(StringComparer.Ordinal);
    private readonly List<ManifestMistake> _mistakes = [];
    private readonly List<ManifestMistake> _warnings = [];

    public IReadOnlyList<ManifestMistake> Mistakes => InOrder(_mistakes);

    public IReadOnlyList<ManifestMistake> Warnings => InOrder(_warnings);

    public void At(string path, int line) => _lines[path] = line;

    /// <summary>A value that is wrong by itself.</summary>
    public void Add(string path, string found, string expected, int? line = null)
    {
        _broken.Add(path);
        _mistakes.Add(new ManifestMistake(path, found, expected, line ?? LineOf(path)));
    }

    /// <summary>A value that is wrong beside others.</summary>
    public void Rule(bool holds, string path, string found, string expected)
    {
        if (!holds && !IsBroken(path)) Add(path, found, expected);
    }

    public void Warn(bool doubtful, string path, string found, string expected)
    {
        if (doubtful && !IsBroken(path)) _warnings.Add(new ManifestMistake(path, found, expected, LineOf(path)));
    }

    /// <summary>Whether the value at a path, or one that it lies in, is wrong already.</summary>
    public bool IsBroken(string path)
    {
        for (var p = path; p.Length > 0; p = Parent(p))
            if (_broken.Contains(p)) return true;
        return _broken.Contains("");
    }

    private static string Parent(string path) => path.LastIndexOfAny(['.', '[']) is var end and > 0 ? path[..end] : "";

    private int? LineOf(string path)
    {
        for (var p = path; ; p = Parent(p))
        {
            if (_lines.TryGetValue(p, out var line)) return line;
            if (p.Length == 0) return null;
        }
    }

    private static List<ManifestMistake> InOrder(List<ManifestMistake> all) => [.. all.OrderBy(m => m.Line ?? 0)];
}
