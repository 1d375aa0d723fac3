using Microsoft.Extensions.Logging;

namespace SelfImprove.Loop;

internal static partial class Logs
{
    [LoggerMessage(4101, LogLevel.Warning, "Run {Run} of {Agent} has ended without cleaning up; its lease was released and its routing taken back")]
    public static partial void TidiedUp(this ILogger logger, string run, string agent);

    [LoggerMessage(4102, LogLevel.Error, "Visiting agent '{Agent}' failed; it is tried again at the next round")]
    public static partial void VisitFailed(this ILogger logger, string agent, Exception exception);
}
