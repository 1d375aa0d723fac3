namespace SelfImprove.Azure.Outbound;

/// <summary>An outgoing request, or the answer to it, breaks the outbound rules. It will not succeed later; the message says which rule, and how to change it.</summary>
/// <param name="message">For a person.</param>
public sealed class OutboundRefusedException(string message) : Exception(message);
