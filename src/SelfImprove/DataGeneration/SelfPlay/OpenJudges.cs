using SelfImprove.Agents.Manifests;

namespace SelfImprove.DataGeneration.SelfPlay;

/// <summary>Opens the manifest's judges as a verifier of proposals. The evaluation stage, which owns judges, gives it.</summary>
/// <param name="manifest">The pinned manifest.</param>
/// <param name="judge">Its judges.</param>
/// <param name="proposals">The most different proposals that one input can have: the price hangs on it.</param>
/// <param name="cancellationToken">Cancels.</param>
public delegate Task<IProposalVerifier> OpenJudges(AgentManifest manifest, JudgeSettings judge, int proposals, CancellationToken cancellationToken);
