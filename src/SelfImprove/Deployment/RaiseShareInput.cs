using SelfImprove.Runs;

namespace SelfImprove.Deployment;

/// <summary>The input of <see cref="RaiseShare"/>.</summary>
/// <param name="Run">The run and round.</param>
/// <param name="Experiment">The experiment.</param>
/// <param name="Share">The new share, larger than the one before.</param>
/// <param name="Evidence">What was seen so far.</param>
public sealed record RaiseShareInput(RunRef Run, string Experiment, double Share, string Evidence);
