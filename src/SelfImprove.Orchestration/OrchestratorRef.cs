namespace SelfImprove.Orchestration;

/// <summary>The typed name of an orchestrator: what hosts start it by, and parents call it by.</summary>
/// <param name="Name">Unique among all orchestrators of a registry; frozen once released.</param>
/// <typeparam name="TIn">The input: a small record.</typeparam>
/// <typeparam name="TOut">The output: a small record.</typeparam>
public sealed record OrchestratorRef<TIn, TOut>(string Name);
