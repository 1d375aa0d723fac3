namespace SelfImprove.Monitoring.Triggers;

/// <summary>A wish for an improvement, kept as <c>requests/{agent}/{id}.json</c> until a run takes it up.</summary>
/// <param name="Id">Chosen by whoever asks: a segment of a path; the same id is the same request.</param>
/// <param name="Agent">The agent to improve.</param>
/// <param name="By">Who asks.</param>
/// <param name="Reason">Why, for a person; at most <see cref="RequestBook.MaxReason"/> characters are kept.</param>
/// <param name="At">When.</param>
/// <param name="Run">The run that took it up; null while it waits.</param>
public sealed record ImprovementRequest(string Id, string Agent, Requester By, string Reason, DateTimeOffset At, string? Run = null);
