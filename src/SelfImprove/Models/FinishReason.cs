namespace SelfImprove.Models;

/// <summary>Why a model stopped.</summary>
public enum FinishReason
{
    /// <summary>It had said everything. On the wire: <c>stop</c>.</summary>
    Stop,

    /// <summary>It calls tools. On the wire: <c>tool_calls</c>.</summary>
    ToolCalls,

    /// <summary>It ran into the longest answer allowed; what there is was cut off. On the wire: <c>length</c>.</summary>
    Length,

    /// <summary>A content filter stopped it, or it declined. On the wire: <c>content_filter</c>.</summary>
    ContentFilter,
}
