namespace SelfImprove.DataGeneration.TeacherEndpoints;

/// <summary>Where a teacher's endpoint stands.</summary>
public enum LeaseState
{
    /// <summary>It is there, or on its way: its holders may use it once it answers.</summary>
    Wanted,
    /// <summary>It is being removed; nobody can hold it until that has ended.</summary>
    Removing,
    /// <summary>Nothing is left of it.</summary>
    Gone,
}

/// <summary>
/// Who uses a teacher's endpoint: <c>endpoints/{name}.json</c>. It is removed when nobody does; several runs may hold it at once, and none removes it under another.
/// </summary>
/// <param name="Endpoint">What it is.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Holders">The orchestrations that use it, and since when.</param>
/// <param name="Removals">How often it was removed: numbers the removals.</param>
public sealed record EndpointLease(TeacherEndpoint Endpoint, LeaseState State, IReadOnlyDictionary<string, DateTimeOffset> Holders, int Removals = 0)
{
    /// <summary>The model reference that it answers under; null until it does.</summary>
    public string? Serving { get; init; }

    /// <summary>When it was last found without holders; null where it has some.</summary>
    public DateTimeOffset? IdleSince { get; init; }
}
