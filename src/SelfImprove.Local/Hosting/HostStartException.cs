namespace SelfImprove.Local.Hosting;

/// <summary>The host can't start as asked; the message says why, and what to do.</summary>
/// <param name="message">For a person.</param>
/// <param name="inner">What the surroundings reported.</param>
public sealed class HostStartException(string message, Exception? inner = null) : Exception(message, inner);
