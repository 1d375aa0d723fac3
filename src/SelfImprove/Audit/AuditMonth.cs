using System.Globalization;

namespace SelfImprove.Audit;

/// <summary>The file of one agent and month. Ordinal order of names is the order of months.</summary>
internal static class AuditMonth
{
    private const string Extension = ".ndjson";
    private const string Format = "yyyy-MM";

    public static string Of(DateTimeOffset time) => time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    public static string After(string month) =>
        DateTime.ParseExact(month, Format, CultureInfo.InvariantCulture).AddMonths(1).ToString(Format, CultureInfo.InvariantCulture);

    public static string Folder(string agent) => $"audit/{agent}/";

    public static string PathOf(string agent, string month) => $"{Folder(agent)}{month}{Extension}";

    /// <summary>The month of a file; null where the file is not one of the log's.</summary>
    public static string? FromPath(string path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        return name.EndsWith(Extension, StringComparison.Ordinal)
            && DateTime.TryParseExact(name[..^Extension.Length], Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
                ? name[..^Extension.Length]
                : null;
    }
}
