using System.Buffers;

namespace SelfImprove.Storage;

/// <summary>
/// The one validator of paths and of every segment in them. A <em>name</em> comes from a user: <c>[a-z0-9-]</c>, 1 to 63 characters. A
/// <em>segment</em> is chosen by the product and may also hold <c>.</c> and <c>_</c>, but neither starts nor ends with a dot; so no path leads
/// out of the root, and none meets the store's own files, which start with a dot.
/// </summary>
public static class StoragePath
{
    /// <summary>The most characters of a name.</summary>
    public const int MaxName = 63;

    /// <summary>The most characters of a segment.</summary>
    public const int MaxSegment = 200;

    /// <summary>The most characters of a whole path.</summary>
    public const int MaxPath = 900;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");
    private static readonly SearchValues<char> SegmentCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-._");

    // Windows opens a device in place of a file of these names, whatever the extension.
    private static readonly HashSet<string> Devices =
    [
        "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
        "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
    ];

    /// <summary>Whether a user may call something so.</summary>
    public static bool IsName(string? value) =>
        value is { Length: > 0 and <= MaxName } && !value.AsSpan().ContainsAnyExcept(NameCharacters) && !Devices.Contains(value);

    /// <summary>Gives back <paramref name="value"/> where it is a name.</summary>
    /// <param name="value">What the user gave.</param>
    /// <param name="what">What it names, for the message: "agent", "version".</param>
    /// <exception cref="ArgumentException">It is none; the message says what is expected.</exception>
    public static string Name(string? value, string what) => IsName(value)
        ? value!
        : throw new ArgumentException(
            $"'{Shown(value)}' cannot be the name of {what}: expected 1 to {MaxName} of the characters a-z, 0-9 and '-' (and no device name such as 'con').",
            nameof(value));

    /// <summary>Whether this can be one segment of a path.</summary>
    public static bool IsSegment(ReadOnlySpan<char> value)
    {
        if (value.Length is 0 or > MaxSegment || value.ContainsAnyExcept(SegmentCharacters) || value[0] == '.' || value[^1] == '.') return false;
        var stem = value.IndexOf('.') is var dot and > 0 ? value[..dot] : value;
        return stem.Length is not (3 or 4) || !Devices.GetAlternateLookup<ReadOnlySpan<char>>().Contains(stem);
    }

    /// <summary>Gives back <paramref name="value"/> where it can be one segment of a path.</summary>
    /// <param name="value">The segment.</param>
    /// <param name="what">What it stands for, for the message.</param>
    /// <exception cref="ArgumentException">It cannot; the message says what is expected.</exception>
    public static string Segment(string? value, string what) => value is not null && IsSegment(value)
        ? value
        : throw new ArgumentException(
            $"'{Shown(value)}' cannot stand in a path as {what}: expected 1 to {MaxSegment} of a-z, 0-9, '-', '_' and '.', no dot first or last.", nameof(value));

    /// <summary>Gives back <paramref name="path"/> where every segment of it is valid.</summary>
    /// <exception cref="ArgumentException">It is empty, absolute, too long, or holds <c>..</c>, a backslash or another forbidden character.</exception>
    public static string Check(string? path)
    {
        if (string.IsNullOrEmpty(path) || path.Length > MaxPath) throw Invalid(path);
        var rest = path.AsSpan();
        foreach (var range in rest.Split('/'))
            if (!IsSegment(rest[range])) throw Invalid(path);
        return path;
    }

    /// <summary>Gives back <paramref name="prefix"/> where a path may start so; the last segment may be cut short, and all of it may be empty.</summary>
    /// <exception cref="ArgumentException">No valid path starts so.</exception>
    public static string CheckPrefix(string? prefix)
    {
        if (prefix is null || prefix.Length > MaxPath) throw Invalid(prefix);
        var slash = prefix.LastIndexOf('/');
        if (slash >= 0) Check(prefix[..slash]);
        var last = prefix.AsSpan(slash + 1);
        if (last.ContainsAnyExcept(SegmentCharacters) || last is ['.', ..]) throw Invalid(prefix);
        return prefix;
    }

    private static ArgumentException Invalid(string? path) => new(
        $"'{Shown(path)}' is not a storage path: expected segments of a-z, 0-9, '-', '_' and '.', joined by '/', none empty, none with a dot first or last, "
        + $"at most {MaxPath} characters.", nameof(path));

    private static string Shown(string? value) => value is null ? "(nothing)" : value.Length <= 80 ? value : value[..80] + "…";
}
