namespace SelfImprove.Monitoring.Events;

/// <summary>Who gave a judgement.</summary>
/// <param name="Kind">What they are.</param>
/// <param name="Id">Who: 1 to 128 characters; the latest of several judgements by one source on one metric counts.</param>
public sealed record FeedbackSource(SourceKind Kind, string Id);
