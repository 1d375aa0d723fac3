namespace SelfImprove.Storage;

/// <summary>When a write may take effect. The default is always.</summary>
public readonly record struct WriteCondition
{
    /// <summary>Only where there is no such object.</summary>
    public static WriteCondition IfAbsent { get; } = new() { Absent = true };

    /// <summary>Only where the object has this ETag.</summary>
    public static WriteCondition IfMatch(string etag) => new() { ETag = etag };

    /// <summary>Whether the object must not exist.</summary>
    public bool Absent { get; private init; }

    /// <summary>The ETag it must have, or null.</summary>
    public string? ETag { get; private init; }
}
