using SelfImprove.Runs;

namespace SelfImprove.Deployment;

/// <summary>Whether the fact that a run is cancelled is in the store.</summary>
/// <param name="run">The run.</param>
/// <param name="cancellationToken">Cancels.</param>
public delegate Task<bool> RunCancelled(RunRef run, CancellationToken cancellationToken);
