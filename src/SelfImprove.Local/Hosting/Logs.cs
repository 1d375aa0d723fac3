namespace SelfImprove.Local.Hosting;

internal static partial class Logs
{
    [LoggerMessage(6001, LogLevel.Error, "Looking at agent '{Agent}' failed; it is tried again every second")]
    public static partial void LookFailed(this ILogger logger, string agent, Exception exception);
}
