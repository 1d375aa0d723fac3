using SelfImprove.Runs;

namespace SelfImprove.Deployment;

/// <summary>Writes a decision into the agent's audit chain, once per key: a repeated activity finds its entry already there.</summary>
/// <param name="run">The run that decided.</param>
/// <param name="key">The idempotency key within the run.</param>
/// <param name="kind">What was decided: <c>traffic</c>, <c>promotion</c>, <c>rollback</c>, <c>report</c>.</param>
/// <param name="evidence">The numbers behind it.</param>
/// <param name="cancellationToken">Cancels.</param>
public delegate Task DecisionRecorder(RunRef run, string key, string kind, object evidence, CancellationToken cancellationToken);
