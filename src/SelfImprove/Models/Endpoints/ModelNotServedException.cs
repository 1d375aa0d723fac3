namespace SelfImprove.Models.Endpoints;

/// <summary>A model can't be opened since it is deployed nowhere (any more).</summary>
/// <param name="message">Which, and what to do.</param>
public sealed class ModelNotServedException(string message) : Exception(message);
