namespace SelfImprove.Storage;

/// <summary>The outcome of a conditional write.</summary>
/// <param name="Written">False where the condition did not hold: nothing was changed.</param>
/// <param name="ETag">The new ETag where written.</param>
public readonly record struct WriteResult(bool Written, string? ETag);
