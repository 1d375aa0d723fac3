namespace SelfImprove.Orchestration;

/// <summary>A failure as data: it crosses processes and is kept in history.</summary>
/// <param name="Type">A stable name of the kind of failure: the exception's type name.</param>
/// <param name="Message">For a person: what was wrong, where, what was expected, what to do.</param>
/// <param name="IsTransient">Whether the same call may succeed later.</param>
public sealed record Failure(string Type, string Message, bool IsTransient);
