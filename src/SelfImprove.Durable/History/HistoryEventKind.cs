namespace SelfImprove.Durable;

/// <summary>What happened to an instance (facts), or what its code asked for (requests).</summary>
public enum HistoryEventKind
{
    /// <summary>Fact: the execution began; data is the input.</summary>
    Started,
    /// <summary>Fact: an activity or a child gave a value; data is the output.</summary>
    CallCompleted,
    /// <summary>Fact: an activity or a child failed.</summary>
    CallFailed,
    /// <summary>Fact: a timer fired.</summary>
    TimerFired,
    /// <summary>Fact: an event arrived; data is the payload.</summary>
    EventReceived,
    /// <summary>Request: run an activity; data is the input.</summary>
    ActivityScheduled,
    /// <summary>Request: run a child; data is the input.</summary>
    ChildScheduled,
    /// <summary>Request: a timer.</summary>
    TimerCreated,
    /// <summary>Request: forget a timer.</summary>
    TimerCancelled,
    /// <summary>Request: wait for an event.</summary>
    EventAwaited,
    /// <summary>Request: stop waiting for an event.</summary>
    EventWaitCancelled,
    /// <summary>Request: end with an output; data is the output.</summary>
    Completed,
    /// <summary>Request: end with a failure.</summary>
    Failed,
}
