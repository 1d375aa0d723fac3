namespace SelfImprove.Monitoring.Ingestion;

/// <summary>Why a whole body was refused.</summary>
public enum IngestRefusal
{
    /// <summary>It was not.</summary>
    None,
    /// <summary>There is no such agent (404).</summary>
    UnknownAgent,
    /// <summary>The body is too long, or has too many events (413).</summary>
    TooLarge,
    /// <summary>The body is no JSON (400).</summary>
    Malformed,
    /// <summary>The log takes no more for the moment (503): nothing was stored.</summary>
    Busy,
}

/// <summary>The answer to a body.</summary>
/// <param name="Refusal">Why none of it was taken; <see cref="IngestRefusal.None"/> where each event has its own answer.</param>
/// <param name="Detail">Of a refusal: what is wrong, for a person.</param>
/// <param name="Events">Per event, in order.</param>
public sealed record IngestResult(IngestRefusal Refusal, string? Detail, IReadOnlyList<EventOutcome> Events)
{
    /// <summary>How many have the status.</summary>
    public int Count(EventStatus status) => Events.Count(e => e.Status == status);

    internal static IngestResult Refuse(IngestRefusal refusal, string detail) => new(refusal, detail, []);
}
