using System.Diagnostics;
using SelfImprove.Models;
using SelfImprove.Storage;
using SelfImprove.Telemetry;

namespace SelfImprove.Api.Gateway;

/// <summary>A request to the gateway as a span, and in the metrics. Where nobody listens it does nothing and allocates nothing.</summary>
internal static class GatewayTelemetry
{
    private const string Unknown = "(unknown)";

    /// <summary>Begins the span: a child of the host's own, otherwise of the caller's.</summary>
    public static Activity? Begin(GatewayRequest request)
    {
        if (!ProductTelemetry.IsTraced) return null;
        var parent = Activity.Current is null ? ProductTelemetry.ContextOf(request.Traceparent) : default;
        // Nobody has checked the name yet: what is none of an agent may be anything.
        var agent = StoragePath.IsName(request.Agent) ? request.Agent : Unknown;
        var span = ProductTelemetry.Source.StartActivity($"{TelemetryNames.InvokeAgent} {agent}", ActivityKind.Server, parent,
        [
            new(TelemetryNames.Operation, TelemetryNames.InvokeAgent),
            new(TelemetryNames.Provider, TelemetryNames.OwnProvider),
            new(TelemetryNames.AgentName, agent),
            new(TelemetryNames.RequestModel, agent),
        ]);
        if (span is not { IsAllDataRequested: true }) return span;
        if (request.Stream) span.SetTag(TelemetryNames.RequestStream, true);
        if (request.Episode is { } episode) span.SetTag(TelemetryNames.Conversation, episode);
        return span;
    }

    /// <summary>Tells of a request that went to no version.</summary>
    public static void Refused(Activity? span, string agent, in GatewayAnswer answer)
    {
        Count(answer.Outcome == GatewayOutcome.UnknownAgent ? Unknown : agent, null, answer.Outcome, null);
        if (span is null) return;
        Fail(span, answer.Outcome, null);
        span.Dispose();
    }

    /// <summary>Tells of a request that went to a version, and ends its span.</summary>
    /// <param name="turn">The request.</param>
    /// <param name="served">What asking the versions came to.</param>
    /// <param name="answer">The answer, as far as it was taken; null for none.</param>
    /// <param name="elapsed">How long it took.</param>
    /// <param name="first">Of a stream: how long its first piece took.</param>
    /// <param name="left">Whether the caller left before the end.</param>
    public static void Ended<T>(GatewayTurn turn, in Served<T> served, ModelAnswer? answer, TimeSpan elapsed, TimeSpan? first, bool left) where T : class
    {
        var (agent, span) = (turn.Request.Agent, turn.Span);
        var outcome = served.Error == AgentGateway.ModelFailed && served.Failure is null ? GatewayOutcome.Failed : served.Outcome;
        var arm = served.Stamp.Experiment is null ? null : served.Stamp.Challenger ? "challenger" : "champion";
        Count(agent, served.By, outcome, arm);
        if (ProductMetrics.InvokeDuration.Enabled) Record(agent, served.By, outcome, elapsed);
        if (span is null) return;
        if (span.IsAllDataRequested)
        {
            span.SetTag(TelemetryNames.ResponseId, turn.Id).SetTag(TelemetryNames.AgentVersion, served.By);
            if (arm is not null) span.SetTag(TelemetryNames.Experiment, served.Stamp.Experiment).SetTag(TelemetryNames.Arm, arm);
            if (turn.Question.Tools is { Count: > 0 } tools) span.SetTag(TelemetryNames.Tools, tools.Count);
            if (first is { } piece) span.SetTag(TelemetryNames.TimeToFirstChunk, piece.TotalSeconds);
            if (answer is not null && !left && outcome == GatewayOutcome.Answered)
                AnswerTags.Set(span, answer.Finish, answer.InputTokens, answer.OutputTokens, answer.CostUsd);
            if (left) span.SetTag(TelemetryNames.Outcome, AgentGateway.CallerLeft);
        }
        if (outcome != GatewayOutcome.Answered) Fail(span, outcome, served.Failure);
        span.Dispose();
    }

    private static void Fail(Activity span, GatewayOutcome outcome, Exception? failure)
    {
        span.SetTag(TelemetryNames.Outcome, Word(outcome));
        span.Fail(failure?.GetType().Name ?? Word(outcome));
    }

    private static void Count(string agent, string? version, GatewayOutcome outcome, string? arm)
    {
        if (!ProductMetrics.Requests.Enabled) return;
        var tags = new TagList { { TelemetryNames.AgentName, agent }, { TelemetryNames.Outcome, Word(outcome) } };
        if (version is not null) tags.Add(TelemetryNames.AgentVersion, version);
        if (arm is not null) tags.Add(TelemetryNames.Arm, arm);
        ProductMetrics.Requests.Add(1, tags);
    }

    private static void Record(string agent, string version, GatewayOutcome outcome, TimeSpan elapsed)
    {
        var tags = new TagList { { TelemetryNames.Operation, TelemetryNames.InvokeAgent }, { TelemetryNames.AgentName, agent }, { TelemetryNames.AgentVersion, version } };
        if (outcome != GatewayOutcome.Answered) tags.Add(TelemetryNames.ErrorType, Word(outcome));
        ProductMetrics.InvokeDuration.Record(elapsed.TotalSeconds, tags);
    }

    private static string Word(GatewayOutcome outcome) => outcome switch
    {
        GatewayOutcome.Answered => "answered",
        GatewayOutcome.UnknownAgent => "unknown_agent",
        GatewayOutcome.NoVersion => "no_version",
        GatewayOutcome.Paused => "paused",
        GatewayOutcome.Unavailable => "unavailable",
        _ => "failed",
    };
}
