using SelfImprove.Agents.Manifests.Reading;

namespace SelfImprove.Agents.Manifests;

/// <summary>What came of putting a manifest's text.</summary>
/// <param name="Revision">The revision that is current now; null where there are mistakes and nothing was changed.</param>
/// <param name="Mistakes">All mistakes at once.</param>
/// <param name="Warnings">What is allowed but doubtful.</param>
public sealed record ManifestPut(ManifestRevision? Revision, IReadOnlyList<ManifestMistake> Mistakes, IReadOnlyList<ManifestMistake> Warnings);
