namespace SelfImprove.Monitoring.Aggregation;

/// <summary>An event that could not be counted.</summary>
/// <param name="Reason">A stable word: <c>corrupt</c>, <c>torn</c>, <c>conflict</c>, <c>unknown-metric</c>, <c>bad-value</c>, <c>too-many</c>.</param>
/// <param name="Detail">What is wrong, for a person.</param>
/// <param name="Segment">The log segment it is in.</param>
/// <param name="Offset">Where in it, in bytes.</param>
/// <param name="Text">Its beginning.</param>
/// <param name="Generation">The fold that met it.</param>
public sealed record DeadLetter(string Reason, string Detail, string Segment, long Offset, string Text, long Generation);
