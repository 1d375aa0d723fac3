namespace SelfImprove.Storage;

/// <summary>The outcome of an append.</summary>
/// <param name="Appended">False where the object's length was another: nothing was changed.</param>
/// <param name="Length">The object's length now, as far as known.</param>
public readonly record struct AppendResult(bool Appended, long Length);
