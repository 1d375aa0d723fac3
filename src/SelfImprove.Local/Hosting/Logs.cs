namespace SelfImprove.Local.Hosting;

internal static partial class Logs
{
    [LoggerMessage(6001, LogLevel.Error, "Looking at agent '{Agent}' failed; it is tried again every second")]
    public static partial void LookFailed(this ILogger logger, string agent, Exception exception);

    [LoggerMessage(6002, LogLevel.Warning, "Run {Run} of {Agent} has ended without cleaning up; its lease was released and its routing taken back")]
    public static partial void TidiedUp(this ILogger logger, string run, string agent);
}
