using System.Diagnostics.CodeAnalysis;

namespace SelfImprove.Agents.Manifests.Reading;

/// <summary>What came of reading a manifest: the manifest, or everything that is wrong with it.</summary>
/// <param name="Manifest">The manifest; null where there is any mistake.</param>
/// <param name="Mistakes">All mistakes at once, in the order of the text.</param>
/// <param name="Warnings">What is allowed but doubtful.</param>
public sealed record ManifestReading(AgentManifest? Manifest, IReadOnlyList<ManifestMistake> Mistakes, IReadOnlyList<ManifestMistake> Warnings)
{
    /// <summary>Whether there is a manifest.</summary>
    [MemberNotNullWhen(true, nameof(Manifest))]
    public bool IsValid => Manifest is not null;
}
