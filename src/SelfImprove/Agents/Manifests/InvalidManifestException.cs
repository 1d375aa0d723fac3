using SelfImprove.Agents.Manifests.Reading;

namespace SelfImprove.Agents.Manifests;

/// <summary>A manifest made in code has mistakes: nothing was kept.</summary>
/// <param name="agent">The agent that it names.</param>
/// <param name="mistakes">All of them.</param>
public sealed class InvalidManifestException(string agent, IReadOnlyList<ManifestMistake> mistakes)
    : Exception($"The manifest of {agent} has {mistakes.Count} mistake(s): {string.Join("; ", mistakes)}")
{
    /// <summary>All mistakes at once.</summary>
    public IReadOnlyList<ManifestMistake> Mistakes { get; } = mistakes;
}
