namespace SelfImprove.Orchestration;

/// <summary>The typed name of an activity: what an orchestrator calls it by.</summary>
/// <param name="Name">Unique among all activities of a registry; by convention the <c>nameof</c> of the class behind it.</param>
/// <typeparam name="TIn">A small record: references in place of data.</typeparam>
/// <typeparam name="TOut">A small record: references in place of data.</typeparam>
public sealed record ActivityRef<TIn, TOut>(string Name);
