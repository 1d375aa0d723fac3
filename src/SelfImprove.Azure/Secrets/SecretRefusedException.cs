namespace SelfImprove.Azure.Secrets;

/// <summary>A secret can't be used: it is not listed, has no usable value, or is not meant for that host. The message never holds its value.</summary>
/// <param name="message">For a person.</param>
public sealed class SecretRefusedException(string message) : Exception(message);
