namespace SelfImprove.Azure.Outbound;

/// <summary>An answer is larger than its client takes in.</summary>
/// <param name="message">For a person.</param>
public sealed class AnswerTooLargeException(string message) : Exception(message);
