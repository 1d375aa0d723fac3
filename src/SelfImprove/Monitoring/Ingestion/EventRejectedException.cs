namespace SelfImprove.Monitoring.Ingestion;

/// <summary>An event is not valid: how the readers of events say so.</summary>
internal sealed class EventRejectedException(string reason, string detail, string? id = null) : Exception(detail)
{
    public string Reason { get; } = reason;
    public string? Id { get; } = id;
}
