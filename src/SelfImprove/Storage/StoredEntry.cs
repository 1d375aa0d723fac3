namespace SelfImprove.Storage;

/// <summary>An object in a listing.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="Length">Its length in bytes.</param>
public sealed record StoredEntry(string Path, long Length);
