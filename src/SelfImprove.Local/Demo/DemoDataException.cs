namespace SelfImprove.Local.Demo;

/// <summary>The data given can't be used; the message says what was found and what was expected.</summary>
/// <param name="message">For a person.</param>
public sealed class DemoDataException(string message) : Exception(message);
