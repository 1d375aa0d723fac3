using Microsoft.Extensions.Logging;

namespace SelfImprove.Azure.Models;

internal static partial class ModelLogs
{
    [LoggerMessage(7101, LogLevel.Warning, "Model endpoint {Endpoint}, model {Model}: attempt {Attempt} failed and is repeated in {Delay}. {Why}")]
    public static partial void AttemptFailed(this ILogger logger, string endpoint, string model, int attempt, string why, TimeSpan delay);
}
