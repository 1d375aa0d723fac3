using System.Diagnostics;

namespace SelfImprove.Testing.Telemetry;

public static class SpanTags
{
    /// <summary>An attribute of a span; null where it has none of that name.</summary>
    public static object? Tag(this Activity span, string name) => span.GetTagItem(name);
}
