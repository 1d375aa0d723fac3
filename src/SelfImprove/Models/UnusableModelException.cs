namespace SelfImprove.Models;

/// <summary>A model can't answer anybody as things are set up (its deployment is gone, its key is refused): asking again won't help. The message says what is
/// wrong, and what to do.</summary>
/// <param name="message">For a person.</param>
/// <param name="inner">What was behind it.</param>
public sealed class UnusableModelException(string message, Exception? inner = null) : Exception(message, inner);
