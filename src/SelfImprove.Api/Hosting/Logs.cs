using Microsoft.Extensions.Logging;

namespace SelfImprove.Api.Hosting;

internal static partial class Logs
{
    [LoggerMessage(5001, LogLevel.Error, "{Method} {Path} failed: {Problem}")]
    public static partial void RequestFailed(this ILogger logger, string method, string path, string problem, Exception exception);

    [LoggerMessage(5002, LogLevel.Warning, "{Agent} version {Version} did not answer ({Failure}); {Fallback}")]
    public static partial void VersionFailed(this ILogger logger, string agent, string version, string failure, string fallback);

    [LoggerMessage(5003, LogLevel.Warning, "The log of {Agent} is full: the record of interaction {Interaction} was dropped")]
    public static partial void RecordDropped(this ILogger logger, string agent, string interaction);
}
