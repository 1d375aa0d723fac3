using System.Text.Json.Serialization;
using SelfImprove.Orchestration;

namespace SelfImprove.Durable;

/// <summary>One entry of an instance's history. Which members are set depends on the kind.</summary>
/// <param name="Kind">What it is.</param>
public sealed record HistoryEvent(HistoryEventKind Kind)
{
    /// <summary>The number of the call, timer or wait it belongs to; the first is 1, 0 is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Call { get; init; }

    /// <summary>Name of the activity, the child's orchestrator, or the event.</summary>
    public string? Name { get; init; }

    /// <summary>A child's instance id.</summary>
    public string? InstanceId { get; init; }

    /// <summary>When a timer is due.</summary>
    public DateTimeOffset? Due { get; init; }

    /// <summary>Input, output or payload, as JSON.</summary>
    [JsonConverter(typeof(RawJsonConverter))]
    public string? Data { get; init; }

    /// <summary>Why a call, or the instance, failed.</summary>
    public Failure? Failure { get; init; }

    /// <summary>Whether the code asked for it (true) or it happened to the code (false).</summary>
    [JsonIgnore]
    public bool IsRequest => Kind >= HistoryEventKind.ActivityScheduled;

    /// <summary>Whether a replay that asks for <paramref name="other"/> asks for the same work: kind, number, name and child id. Data may differ.</summary>
    public bool AsksForSameAs(HistoryEvent other) =>
        Kind == other.Kind && Call == other.Call && InstanceId == other.InstanceId
        && string.Equals(Name, other.Name, IsAboutEvent ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);

    private bool IsAboutEvent => Kind is HistoryEventKind.EventAwaited or HistoryEventKind.EventWaitCancelled;

    /// <summary>For messages: "activity 'Train' (call 3)".</summary>
    public string Describe() => Kind switch
    {
        HistoryEventKind.ActivityScheduled => $"activity '{Name}' (call {Call})",
        HistoryEventKind.ChildScheduled => $"child '{Name}' with id '{InstanceId}' (call {Call})",
        HistoryEventKind.TimerCreated => $"a timer (call {Call})",
        HistoryEventKind.TimerCancelled => $"the cancellation of timer {Call}",
        HistoryEventKind.EventAwaited => $"a wait for event '{Name}' (call {Call})",
        HistoryEventKind.EventWaitCancelled => $"the cancellation of the wait for event '{Name}' (call {Call})",
        HistoryEventKind.Completed => "the end with an output",
        HistoryEventKind.Failed => $"the end with a failure ({Failure?.Message})",
        HistoryEventKind.Started => "the start",
        HistoryEventKind.EventReceived => $"event '{Name}'",
        HistoryEventKind.TimerFired => $"timer {Call} firing",
        _ => $"the result of call {Call}",
    };
}
