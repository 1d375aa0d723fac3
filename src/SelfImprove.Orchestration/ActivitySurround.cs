namespace SelfImprove.Orchestration;

/// <summary>Surrounds the execution of an activity, on every engine: runs it once, and gives what it gave.</summary>
/// <param name="entry">The activity.</param>
/// <param name="call">The call.</param>
/// <param name="services">The host's services.</param>
/// <param name="run">Executes it; throws nothing but the cancellation of a host that stops.</param>
public delegate Task<CallOutcome> ActivitySurround(ActivityEntry entry, ActivityCall call, IServiceProvider services, Func<Task<CallOutcome>> run);
