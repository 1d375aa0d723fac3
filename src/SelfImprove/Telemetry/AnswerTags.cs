using System.Diagnostics;
using SelfImprove.Models;

namespace SelfImprove.Telemetry;

/// <summary>What spans say of an answer, its content left out.</summary>
public static class AnswerTags
{
    /// <summary>Sets them; what was not counted is left out.</summary>
    public static void Set(Activity span, FinishReason finish, int inputTokens, int outputTokens, decimal cost)
    {
        span.SetTag(TelemetryNames.FinishReasons, Reasons(finish));
        if (inputTokens > 0) span.SetTag(TelemetryNames.InputTokens, inputTokens);
        if (outputTokens > 0) span.SetTag(TelemetryNames.OutputTokens, outputTokens);
        if (cost > 0) span.SetTag(TelemetryNames.Cost, (double)cost);
    }

    private static string[] Reasons(FinishReason finish) => finish switch
    {
        FinishReason.ToolCalls => ["tool_calls"],
        FinishReason.Length => ["length"],
        FinishReason.ContentFilter => ["content_filter"],
        _ => ["stop"],
    };
}
