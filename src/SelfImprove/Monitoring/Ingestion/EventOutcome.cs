namespace SelfImprove.Monitoring.Ingestion;

/// <summary>What became of an event.</summary>
public enum EventStatus
{
    /// <summary>On stable storage.</summary>
    Accepted,
    /// <summary>It came before with the same content; nothing was stored again.</summary>
    Duplicate,
    /// <summary>Another event of this id came before with other content: the first one counts.</summary>
    Conflict,
    /// <summary>It is not valid.</summary>
    Rejected,
}

/// <summary>The answer to one event of a body.</summary>
/// <param name="Index">Its place in the body, from 0.</param>
/// <param name="Id">Its id, where one could be read or was given.</param>
/// <param name="Status">What became of it.</param>
/// <param name="Reason">Of a rejected one, a stable word: <c>malformed</c>, <c>too-large</c>, <c>bad-id</c>, <c>bad-field</c>, <c>bad-time</c>,
/// <c>unknown-metric</c>, <c>bad-value</c>, <c>wrong-agent</c>; of a conflict <c>conflict</c>.</param>
/// <param name="Detail">What is wrong and what was expected, for a person.</param>
public sealed record EventOutcome(int Index, string? Id, EventStatus Status, string? Reason = null, string? Detail = null);
