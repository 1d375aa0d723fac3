using System.Globalization;

namespace SelfImprove.Monitoring.Log;

/// <summary>
/// Names of log segments: <c>log/{agent}/{yyyy}/{MM}/{dd}/{HH}/{writer}-{n}.ndjson</c>. Their ordinal order is the order of hours, then
/// of writers. The hour is when a segment was opened, never when its events happened.
/// </summary>
internal static class SegmentPath
{
    private const string HourFormat = "yyyy'/'MM'/'dd'/'HH";

    public static string Of(string agent, DateTimeOffset hour, string writer, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{Hour(agent, hour)}{writer}-{number:D6}.ndjson");

    /// <summary>The folder of an hour, with its closing slash: as the start of a listing it includes the whole hour.</summary>
    public static string Hour(string agent, DateTimeOffset hour) =>
        $"{Root(agent)}{hour.UtcDateTime.ToString(HourFormat, CultureInfo.InvariantCulture)}/";

    public static string Root(string agent) => $"log/{agent}/";

    public static DateTimeOffset HourOf(DateTimeOffset time)
    {
        var utc = time.UtcDateTime;
        return new DateTimeOffset(utc.Ticks - (utc.Ticks % TimeSpan.TicksPerHour), TimeSpan.Zero);
    }

    /// <summary>Reads a path; false for an object that is no segment of the agent.</summary>
    public static bool TryParse(string agent, string path, out DateTimeOffset hour, out string writer, out int number)
    {
        (hour, writer, number) = (default, "", 0);
        var root = Root(agent);
        if (!path.StartsWith(root, StringComparison.Ordinal) || !path.EndsWith(".ndjson", StringComparison.Ordinal)) return false;
        var rest = path.AsSpan(root.Length, path.Length - root.Length - ".ndjson".Length);
        const int hourLength = 13;
        if (rest.Length < hourLength + 4 || rest[hourLength] != '/') return false;
        if (!DateTime.TryParseExact(rest[..hourLength], HourFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at))
            return false;
        var name = rest[(hourLength + 1)..];
        var dash = name.LastIndexOf('-');
        if (dash <= 0 || !int.TryParse(name[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out number)) return false;
        (hour, writer) = (new DateTimeOffset(at, TimeSpan.Zero), name[..dash].ToString());
        return true;
    }
}
