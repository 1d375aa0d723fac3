using Microsoft.Extensions.Logging;

namespace SelfImprove.Durable;

/// <summary>What the engine logs.</summary>
internal static partial class Logs
{
    [LoggerMessage(1, LogLevel.Error, "Parked {InstanceId}: {Reason}")]
    public static partial void InstanceParked(this ILogger logger, string instanceId, string reason);

    [LoggerMessage(2, LogLevel.Error, "A step of the durable engine failed; its state is loaded again from the file and the step is repeated in {Delay}")]
    public static partial void StepFailed(this ILogger logger, TimeSpan delay, Exception exception);

    [LoggerMessage(3, LogLevel.Information, "The durable engine runs on {FilePath}")]
    public static partial void Started(this ILogger logger, string filePath);
}
