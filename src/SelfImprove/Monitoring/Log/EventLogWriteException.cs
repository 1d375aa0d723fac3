namespace SelfImprove.Monitoring.Log;

/// <summary>
/// A flush failed for good: its events are not acknowledged. Some of them may have reached the log; sending them again under the same
/// ids is safe, for duplicates are counted once.
/// </summary>
/// <param name="message">What failed, and where.</param>
/// <param name="inner">The last error.</param>
public sealed class EventLogWriteException(string message, Exception inner) : Exception(message, inner);
