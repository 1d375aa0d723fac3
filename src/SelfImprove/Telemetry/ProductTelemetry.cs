using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace SelfImprove.Telemetry;

/// <summary>
/// The product's spans and metrics. A host exports what <see cref="Name"/> names; where nobody listens nothing is made, stored or allocated. Attribute and metric
/// names (<see cref="TelemetryNames"/>) are those of the OpenTelemetry semantic conventions for generative AI, where they have one.
/// </summary>
public static class ProductTelemetry
{
    /// <summary>The name of the <see cref="Source"/> and of every meter: what hosts give to <c>AddSource</c> and <c>AddMeter</c>.</summary>
    public const string Name = "SelfImprove";

    /// <summary>Makes the spans.</summary>
    public static readonly ActivitySource Source = new(Name, typeof(ProductTelemetry).Assembly.GetName().Version?.ToString(3));

    /// <summary>
    /// Whether people's and judges' remarks on an answer are sent as explanations of an evaluation. Off by default: they may quote what the agent was asked.
    /// Messages themselves are never sent.
    /// </summary>
    public static bool CapturesRemarks { get; set; }

    /// <summary>Whether somebody takes spans.</summary>
    public static bool IsTraced => Source.HasListeners();

    /// <summary>Sets an attribute of the span under way, where that is one of ours.</summary>
    public static void Tag(string name, object? value)
    {
        if (Activity.Current is { } current && current.Source == Source) current.SetTag(name, value);
    }

    /// <summary>Marks a span as failed. The class of the error is told, never its message: that may quote content.</summary>
    public static void Fail(this Activity? span, string error) => span?.SetStatus(ActivityStatusCode.Error).SetTag(TelemetryNames.ErrorType, error);

    /// <summary>Takes back a span that turned out to tell nothing: it is not exported.</summary>
    public static void Drop(this Activity? span)
    {
        if (span is null) return;
        span.IsAllDataRequested = false;
        span.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
    }

    /// <summary>Whether a text is a W3C <c>traceparent</c>: 55 characters, no zero ids.</summary>
    public static bool IsTraceparent(string? value) => value is { Length: 55 } && ActivityContext.TryParse(value, null, out _);

    /// <summary>The context that a <c>traceparent</c> names; the default where it is none.</summary>
    public static ActivityContext ContextOf(string? traceparent) =>
        traceparent is { Length: 55 } && ActivityContext.TryParse(traceparent, null, isRemote: true, out var context) ? context : default;

    /// <summary>Begins a trace of its own, or goes on with a chosen one, whatever is under way here: what timers do belongs to no caller. Whoever disposes of it goes on as before.</summary>
    /// <param name="name">The span's name.</param>
    /// <param name="tags">Its attributes.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="chosen">The span to be a child of; or a trace id without a span's, where the new trace is to have a certain one.</param>
    /// <param name="links">What it comes of.</param>
    public static OwnTrace StartTrace(
        string name, ReadOnlySpan<KeyValuePair<string, object?>> tags, ActivityKind kind = ActivityKind.Internal, ActivityContext chosen = default,
        IReadOnlyList<ActivityLink>? links = null)
    {
        if (!IsTraced) return default;
        var around = Activity.Current;
        // Whatever is current would become the parent, even of a trace that we chose.
        Activity.Current = null;
        var span = Source.StartActivity(name, kind, chosen, tags.ToArray(), links);
        if (span is null) Activity.Current = around;
        return new OwnTrace(span, around);
    }
}

/// <summary>A span that began a trace of its own.</summary>
/// <param name="Span">The span; null where nobody takes it.</param>
/// <param name="Around">What was under way.</param>
public readonly record struct OwnTrace(Activity? Span, Activity? Around) : IDisposable
{
    /// <summary>Ends it.</summary>
    public void Dispose()
    {
        if (Span is null) return;
        Span.Dispose();
        Activity.Current = Around;
    }
}
