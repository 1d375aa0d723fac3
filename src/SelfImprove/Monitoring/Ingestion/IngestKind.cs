namespace SelfImprove.Monitoring.Ingestion;

/// <summary>What a body holds.</summary>
public enum IngestKind
{
    /// <summary>Interactions.</summary>
    Interactions,
    /// <summary>Feedback.</summary>
    Feedback,
    /// <summary>Both, each wrapped: <c>{"interaction":{...}}</c> or <c>{"feedback":{...}}</c>.</summary>
    Events,
}

/// <summary>How a body is written.</summary>
public enum IngestFormat
{
    /// <summary>One JSON object, or an array of them.</summary>
    Json,
    /// <summary>One JSON object a line; empty lines are skipped and not counted.</summary>
    Ndjson,
}
