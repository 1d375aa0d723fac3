using SelfImprove.Monitoring.Triggers;

namespace SelfImprove.Api.Improvements;

/// <summary>A wish for an improvement.</summary>
public sealed record ImprovementBody
{
    /// <summary>Why, for the planner's record.</summary>
    public string? Reason { get; init; }

    /// <summary>Who; on a host with keys, the key's name instead.</summary>
    public string? By { get; init; }

    /// <summary>What asks: <c>person</c>, who is always heard, or <c>agent</c>, which is where the manifest has a trigger of kind request.</summary>
    public RequesterKind Kind { get; init; } = RequesterKind.Person;

    /// <summary>The request's id, chosen by the client so that sending it twice is one request; made up where null.</summary>
    public string? Id { get; init; }
}

/// <summary>An answer to an approval gate.</summary>
public sealed record ApprovalBody
{
    /// <summary>Yes or no.</summary>
    public required bool Approved { get; init; }

    /// <summary>Why, for the record.</summary>
    public string? Reason { get; init; }

    /// <summary>Who; on a host with keys, the key's name instead.</summary>
    public string? By { get; init; }
}

/// <summary>A wish to cancel a run.</summary>
public sealed record CancelBody
{
    /// <summary>Why, for the record.</summary>
    public string? Reason { get; init; }

    /// <summary>Who; on a host with keys, the key's name instead.</summary>
    public string? By { get; init; }
}
