namespace SelfImprove.Monitoring.Aggregation;

/// <summary>Another process folded the same agent in the meantime: nothing of this fold counts; it starts anew from the stored state.</summary>
internal sealed class FoldConflictException(string agent) : Exception($"Another process folded {agent} at the same time.");
